using System.Runtime.InteropServices;
using MammutScale.Model.Sizing;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Sizing;

/// <summary>The count against what the C library says that a forward pass has left in use.</summary>
[Collection("torch")]
public sealed partial class ActivationCountTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void BytesAreThoseThatAForwardPassKeeps(bool checkpointing)
    {
        using var outer = NewDisposeScope();
        var config = MammutConfig.Preset("mammut-tiny") with { GradCheckpointing = checkpointing };
        using var model = new Mammut(config, initialize: false);
        Kept(model, 2);

        // two sizes: what does not depend on the samples falls out; so many samples that a megabyte of the runtime's own threads counts little
        var measured = Enumerable.Range(0, 3).Select(_ => (Kept(model, 36) - Kept(model, 4)) / 32.0).Order().ElementAt(1);

        var count = ActivationCount.Of(config, 4);
        var expected = count.Image + count.Text;
        measured.ShouldBe(expected, 0.08 * expected, $"image {count.Image}, text {count.Text}");
    }

    [Fact]
    public void CheckpointingKeepsLess_AndMarkersCostALittle()
    {
        var config = MammutConfig.Preset("mammut-l14");
        var plain = ActivationCount.Of(config, 2);
        var again = ActivationCount.Of(config with { GradCheckpointing = true }, 2);
        var marked = ActivationCount.Of(config, 2, marked: true);

        (again.Image + again.Text + again.Recomputed).ShouldBeLessThan(0.3 * (plain.Image + plain.Text));
        (marked.Image / plain.Image).ShouldBeInRange(1.03, 1.10);
        ActivationCount.Of(config, 4).Image.ShouldBeInRange(1.9 * plain.Image, 2 * plain.Image);
        ActivationCount.Of(config, 2, textLength: 20).Text.ShouldBeLessThan(plain.Text * 0.6);
    }

    private static long Kept(Mammut model, int batch)
    {
        using var scope = NewDisposeScope();
        var config = model.Config;
        var images = randn(batch, 3, config.Vision.ImageSize, config.Vision.ImageSize).to(model.Dtype);
        var ids = full([batch, config.Text.ContextLength], 7L, dtype: ScalarType.Int64);
        var valid = ones([batch, config.Text.ContextLength], dtype: ScalarType.Bool);
        // the second time takes what the first one's finalizers have let go
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        var before = InUse();
        // as in a training step, the scope stays open until the backward pass is done: what it holds counts as well
        using var step = NewDisposeScope();
        var image = model.EncodeImage(images);
        var text = model.TextPasses(ids, valid, image.Tokens);
        (image.Features.shape[0], text.Hidden.shape[0]).ShouldBe((batch, batch));
        return InUse() - before;
    }

    /// <summary>Bytes in use, in arenas and in mappings of their own.</summary>
    private static long InUse()
    {
        var info = MemoryInfo();
        return (long)info.InArenas + (long)info.InMappings;
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallocInfo MemoryInfo();

    /// <summary>struct mallinfo2 of glibc 2.33 and later.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MallocInfo
    {
        public nuint Arena;
        public nuint OrdinaryBlocks;
        public nuint FastBlocks;
        public nuint Mappings;
        public nuint InMappings;
        public nuint Unused;
        public nuint InFastBlocks;
        public nuint InArenas;
        public nuint FreeInArenas;
        public nuint Releasable;
    }
}
