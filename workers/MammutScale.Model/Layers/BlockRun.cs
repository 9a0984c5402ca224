using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>How the blocks of a model are run: shared by its towers and switched from outside.</summary>
internal sealed class BlockRun
{
    public IBackwardMarkers? Markers { get; set; }

    public bool Checkpointing { get; set; }

    /// <summary>Marks x as the input of a block.</summary>
    public Tensor Enter(string block, Tensor x) => Markers is null || !x.requires_grad ? x : Markers.Mark(block, x);

    /// <summary>Runs a block on x.</summary>
    public Tensor Run(string block, Tensor x, Func<Tensor, Tensor> body)
    {
        Tensor entered = Enter(block, x);
        return Checkpointing && is_grad_enabled() ? Checkpoint.Run(entered, null, (a, _) => body(a)) : body(entered);
    }

    /// <summary>Runs a block on x that also looks at memory.</summary>
    public Tensor Run(string block, Tensor x, Tensor memory, Func<Tensor, Tensor, Tensor> body)
    {
        Tensor entered = Enter(block, x);
        return Checkpointing && is_grad_enabled() ? Checkpoint.Run(entered, memory, (a, b) => body(a, b!)) : body(entered, memory);
    }
}
