using MammutScale.Model;
using MammutScale.Model.Configuration;

namespace MammutScale.Training.Parameters;

/// <summary>The order in which the backward pass is done with the model's blocks.</summary>
internal sealed class BackwardStages
{
    private readonly Dictionary<string, int> _stages = [];

    public BackwardStages(MammutConfig config)
    {
        var crossAfter = CrossPlacement.Layers(config);
        Add(BlockNames.TextHead);
        for (var layer = config.Text.Layers - 1; layer >= 0; layer--)
        {
            if (Array.IndexOf(crossAfter, layer) is var cross and >= 0) Add(BlockNames.Cross(cross));
            Add(BlockNames.Text(layer));
        }

        Add(BlockNames.Bridge);
        Add(BlockNames.VisionHead);
        for (var layer = config.Vision.Layers - 1; layer >= 0; layer--) Add(BlockNames.Vision(layer));
    }

    /// <summary>The stage of everything that is final only when the backward pass returns.</summary>
    public int Last => _stages.Count;

    public int OfBlock(string block) => _stages[block];

    public int OfParameter(string name)
    {
        // the vocabulary head and the text projection come after the final norm, so they are final before it is
        if (name is "text.lm_head" or "text.text_projection") return _stages[BlockNames.TextHead];
        return BlockNames.Of(name) is { } block && _stages.TryGetValue(block, out var stage) ? stage : Last;
    }

    private void Add(string block) => _stages.Add(block, _stages.Count);
}
