using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Cuda;

internal sealed class StreamHandle : SafeHandle
{
    private readonly CudaRuntime _cuda;

    public StreamHandle(CudaRuntime cuda, nint stream)
        : base(0, ownsHandle: true)
    {
        _cuda = cuda;
        SetHandle(stream);
    }

    public override bool IsInvalid => handle == 0;

    public nint Value => handle;

    protected override bool ReleaseHandle() => _cuda.Destroy(this);
}

internal sealed class EventHandle : SafeHandle
{
    private readonly CudaRuntime _cuda;

    public EventHandle(CudaRuntime cuda, nint created)
        : base(0, ownsHandle: true)
    {
        _cuda = cuda;
        SetHandle(created);
    }

    public override bool IsInvalid => handle == 0;

    public nint Value => handle;

    protected override bool ReleaseHandle() => _cuda.Destroy(this);
}
