using static TorchSharp.torch;

namespace MammutScale.Model.Layers;

/// <summary>
/// Activation checkpointing: the forward pass keeps only a block's inputs; the backward pass runs the block again with a graph
/// and goes back through it. The gradients are those of the block itself, parameters' gradients are accumulated in place.
/// </summary>
internal static class Checkpoint
{
    public static Tensor Run(Tensor x, Tensor? memory, Func<Tensor, Tensor?, Tensor> body)
    {
        // a graph is needed for the block's parameters even where nothing before it is trained
        Tensor anchor = zeros([], device: x.device, requires_grad: true);
        return Recompute.apply(anchor, x, memory!, body);
    }

    private sealed class Recompute : autograd.SingleTensorFunction<Recompute>
    {
        public override string Name => nameof(Recompute);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            (Tensor x, Tensor? memory, var body) = ((Tensor)vars[1], vars[2] as Tensor, (Func<Tensor, Tensor?, Tensor>)vars[3]);
            ctx.save_for_backward(memory is null ? [x] : [x, memory]);
            ctx.save_data("body", body);
            ctx.save_data("x", x.requires_grad);
            ctx.save_data("memory", memory is { requires_grad: true });
            using var scope = NewDisposeScope();
            return body(x, memory).MoveToOuterDisposeScope();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var call = BackwardPass.Join(grad_output);
            using var scope = NewDisposeScope();
            List<Tensor> saved = ctx.get_saved_variables();
            var body = (Func<Tensor, Tensor?, Tensor>)ctx.get_data("body");
            bool wantsX = (bool)ctx.get_data("x"), wantsMemory = (bool)ctx.get_data("memory");
            Tensor x = saved[0].detach().requires_grad_(wantsX);
            Tensor? memory = saved.Count > 1 ? saved[1].detach().requires_grad_(wantsMemory) : null;
            using (enable_grad())
            {
                Tensor output = body(x, memory);
                autograd.backward([output], [grad_output]);
            }
            return [null!, wantsX ? x.grad!.MoveToOuterDisposeScope() : null!, wantsMemory ? memory!.grad!.MoveToOuterDisposeScope() : null!, null!];
        }
    }
}
