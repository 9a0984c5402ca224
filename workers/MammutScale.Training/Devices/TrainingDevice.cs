using MammutScale.Collectives;
using TorchSharp;
using static TorchSharp.torch;

namespace MammutScale.Training.Devices;

/// <summary>
/// Where a worker's model, flat buffers and optimizer state are. In host memory our own kernels work on them directly; on a device
/// everything is torch operations, and what the host wants to see is copied first.
/// </summary>
public sealed class TrainingDevice
{
    private TrainingDevice(Device torch, bool isHost) => (Torch, IsHost) = (torch, isHost);

    /// <summary>Host memory.</summary>
    public static TrainingDevice Cpu { get; } = new(CPU, isHost: true);

    /// <summary>Host memory, used as if it were a GPU's: torch operations and copies only. To check that way where there is no GPU.</summary>
    public static TrainingDevice CpuAsDevice { get; } = new(CPU, isHost: false);

    public Device Torch { get; }

    /// <summary>The host may read and write the tensors' memory.</summary>
    public bool IsHost { get; }

    public bool IsCuda => Torch.type == DeviceType.CUDA;

    /// <summary>The GPU's number in this process.</summary>
    public int Index => IsCuda ? Torch.index : 0;

    /// <summary>A GPU by its number in this process.</summary>
    public static TrainingDevice Cuda(int index) => new(new Device(DeviceType.CUDA, index), isHost: false);

    /// <summary>Returns when the device has done everything that was handed over.</summary>
    public void Synchronize()
    {
        if (IsCuda) cuda.synchronize(Torch);
    }

    /// <summary>Host memory that copies to and from the device go through, float32; the caller disposes it.</summary>
    public Tensor HostBuffer(long elements)
    {
        using var scope = NewDisposeScope();
        var memory = empty(elements);
        // pinned memory is copied several times as fast, and without the host waiting
        return (IsCuda ? memory.pin_memory() : memory).DetachFromDisposeScope();
    }

    /// <summary>Marks on the compute stream, to time phases by; null where the host's clock is right.</summary>
    public StreamMarks? OpenMarks() => IsCuda ? StreamMarks.Open(Torch.index) : null;

    /// <summary>float32 means float32: products with 10-bit mantissas (TF32) would make losses on GPUs differ from those on CPUs.</summary>
    public void Prepare()
    {
        if (!IsCuda) return;
        backends.cuda.matmul.allow_tf32 = false;
        backends.cudnn.allow_tf32 = false;
    }

    public override string ToString() => IsCuda ? $"cuda:{Torch.index}" : "cpu";
}
