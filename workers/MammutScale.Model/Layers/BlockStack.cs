using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>The blocks of the image encoder, one after another.</summary>
internal sealed class BlockStack : nn.Module
{
    [ComponentName(Name = "resblocks")]
    private readonly ModuleList<SelfBlock> _blocks;

    public BlockStack(IEnumerable<SelfBlock> blocks) : base(nameof(BlockStack))
    {
        _blocks = new(blocks.ToArray());
        RegisterComponents();
    }

    public int Count => _blocks.Count;

    public SelfBlock this[int index] => _blocks[index];
}
