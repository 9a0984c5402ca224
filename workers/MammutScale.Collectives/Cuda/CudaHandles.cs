using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Cuda;

/// <summary>Something of the CUDA runtime that has to be given back to it.</summary>
internal abstract class CudaHandle : SafeHandle
{
    private readonly Func<nint, bool> _destroy;

    protected CudaHandle(nint created, Func<nint, bool> destroy)
        : base(0, ownsHandle: true)
    {
        _destroy = destroy;
        SetHandle(created);
    }

    public override bool IsInvalid => handle == 0;

    public nint Value => handle;

    protected override bool ReleaseHandle() => _destroy(handle);
}

internal sealed class StreamHandle(CudaRuntime cuda, nint stream) : CudaHandle(stream, cuda.DestroyStream);

internal sealed class EventHandle(CudaRuntime cuda, nint created) : CudaHandle(created, cuda.DestroyEvent);
