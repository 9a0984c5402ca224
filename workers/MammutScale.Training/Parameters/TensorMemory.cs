using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MammutScale.Collectives;
using TorchSharp;

namespace MammutScale.Training.Parameters;

/// <summary>The memory behind tensors, on the host or on a device. Addresses on a device are for collectives only.</summary>
internal static partial class TensorMemory
{
    /// <summary>Address of the tensor's first element, storage offset included.</summary>
    public static nint Address(torch.Tensor tensor)
    {
        if (!tensor.is_contiguous()) throw new ArgumentException("The tensor must be contiguous.", nameof(tensor));
        return TensorData(tensor.Handle);
    }

    /// <summary>The tensor as a collective sees it.</summary>
    public static DeviceBuffer Buffer(torch.Tensor tensor) => new(Address(tensor), tensor.numel(), tensor.dtype switch
    {
        torch.ScalarType.Float32 => ElementType.Float32,
        torch.ScalarType.BFloat16 => ElementType.BFloat16,
        torch.ScalarType.Int64 => ElementType.Int64,
        torch.ScalarType.Byte => ElementType.UInt8,
        _ => throw new ArgumentException($"Collectives do not move {tensor.dtype}.", nameof(tensor)),
    });

    /// <summary>float32 elements of a tensor on the host, as long as it lives.</summary>
    public static unsafe Span<float> Floats(torch.Tensor tensor, long offset, long count)
    {
        CheckHost(tensor);
        if (tensor.dtype != torch.ScalarType.Float32) throw new ArgumentException($"The tensor is {tensor.dtype}, not float32.", nameof(tensor));
        return new Span<float>((float*)Address(tensor) + offset, checked((int)count));
    }

    /// <summary>All int64 elements of a tensor on the host, as long as it lives.</summary>
    public static unsafe Span<long> Longs(torch.Tensor tensor)
    {
        CheckHost(tensor);
        if (tensor.dtype != torch.ScalarType.Int64) throw new ArgumentException($"The tensor is {tensor.dtype}, not int64.", nameof(tensor));
        return new Span<long>((long*)Address(tensor), checked((int)tensor.numel()));
    }

    /// <summary>Bytes of an array that is pinned (made by <see cref="GC.AllocateUninitializedArray{T}(int, bool)"/>).</summary>
    public static unsafe DeviceBuffer Pinned(byte[] array) =>
        new((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)), array.Length, ElementType.UInt8);

    private static void CheckHost(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU) throw new ArgumentException($"The tensor is on {tensor.device}, the host cannot look at its memory.", nameof(tensor));
    }

    // tensor.data_ptr(): a property of the storage with the offset added, for any device and element type
    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint TensorData(nint tensor);
}
