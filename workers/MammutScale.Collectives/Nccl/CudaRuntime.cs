using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Nccl;

/// <summary>The part of libcudart that streams and events need. 0 as a stream is PyTorch's: the legacy default stream.</summary>
internal sealed unsafe class CudaRuntime
{
    public const nint ComputeStream = 0;

    private const int NotReady = 600;
    private const uint NonBlockingStream = 1;
    private const uint EventWithoutTiming = 2;

    private readonly delegate* unmanaged<int*, int> _runtimeGetVersion;
    private readonly delegate* unmanaged<int*, int> _getDeviceCount;
    private readonly delegate* unmanaged<int, int> _setDevice;
    private readonly delegate* unmanaged<int*, int*, int> _streamPriorities;
    private readonly delegate* unmanaged<nint*, uint, int, int> _streamCreate;
    private readonly delegate* unmanaged<nint, int> _streamDestroy;
    private readonly delegate* unmanaged<nint, nint, uint, int> _streamWaitEvent;
    private readonly delegate* unmanaged<nint*, uint, int> _eventCreate;
    private readonly delegate* unmanaged<nint, nint, int> _eventRecord;
    private readonly delegate* unmanaged<nint, int> _eventQuery;
    private readonly delegate* unmanaged<nint, int> _eventDestroy;
    private readonly delegate* unmanaged<int, byte*> _getErrorString;

    public CudaRuntime(LoadedLibrary library)
    {
        _runtimeGetVersion = (delegate* unmanaged<int*, int>)library.Required("cudaRuntimeGetVersion");
        _getDeviceCount = (delegate* unmanaged<int*, int>)library.Required("cudaGetDeviceCount");
        _setDevice = (delegate* unmanaged<int, int>)library.Required("cudaSetDevice");
        _streamPriorities = (delegate* unmanaged<int*, int*, int>)library.Required("cudaDeviceGetStreamPriorityRange");
        _streamCreate = (delegate* unmanaged<nint*, uint, int, int>)library.Required("cudaStreamCreateWithPriority");
        _streamDestroy = (delegate* unmanaged<nint, int>)library.Required("cudaStreamDestroy");
        _streamWaitEvent = (delegate* unmanaged<nint, nint, uint, int>)library.Required("cudaStreamWaitEvent");
        _eventCreate = (delegate* unmanaged<nint*, uint, int>)library.Required("cudaEventCreateWithFlags");
        _eventRecord = (delegate* unmanaged<nint, nint, int>)library.Required("cudaEventRecord");
        _eventQuery = (delegate* unmanaged<nint, int>)library.Required("cudaEventQuery");
        _eventDestroy = (delegate* unmanaged<nint, int>)library.Required("cudaEventDestroy");
        _getErrorString = (delegate* unmanaged<int, byte*>)library.Required("cudaGetErrorString");
    }

    /// <summary>13000 is 13.0.</summary>
    public int Version
    {
        get
        {
            int version;
            ThrowIfFailed(_runtimeGetVersion(&version), "cudaRuntimeGetVersion");
            return version;
        }
    }

    /// <exception cref="CollectiveException">There is no driver, or no device.</exception>
    public int DeviceCount
    {
        get
        {
            int count;
            ThrowIfFailed(_getDeviceCount(&count), "cudaGetDeviceCount");
            return count;
        }
    }

    /// <summary>Needed once on every thread that calls NCCL; cheap.</summary>
    public void SetDevice(int device) => ThrowIfFailed(_setDevice(device), "cudaSetDevice");

    /// <summary>A stream that does not synchronise with the compute stream and goes before it where both want the GPU.</summary>
    public StreamHandle CreateStream()
    {
        int least, greatest;
        ThrowIfFailed(_streamPriorities(&least, &greatest), "cudaDeviceGetStreamPriorityRange");
        nint stream;
        ThrowIfFailed(_streamCreate(&stream, NonBlockingStream, greatest), "cudaStreamCreateWithPriority");
        return new StreamHandle(this, stream);
    }

    public EventHandle CreateEvent()
    {
        nint created;
        ThrowIfFailed(_eventCreate(&created, EventWithoutTiming), "cudaEventCreateWithFlags");
        return new EventHandle(this, created);
    }

    public void Record(EventHandle what, nint stream) => ThrowIfFailed(_eventRecord(what.Value, stream), "cudaEventRecord");

    /// <summary>What is enqueued on the stream from now on waits for the event; this thread does not.</summary>
    public void MakeWait(nint stream, EventHandle what) => ThrowIfFailed(_streamWaitEvent(stream, what.Value, 0), "cudaStreamWaitEvent");

    public bool HasHappened(EventHandle what)
    {
        int result = _eventQuery(what.Value);
        if (result == NotReady) return false;
        ThrowIfFailed(result, "cudaEventQuery");
        return true;
    }

    internal bool Destroy(StreamHandle stream) => _streamDestroy(stream.Value) == 0;

    internal bool Destroy(EventHandle what) => _eventDestroy(what.Value) == 0;

    private void ThrowIfFailed(int result, string call)
    {
        if (result == 0) return;
        throw new CollectiveException($"{call} failed: {Marshal.PtrToStringUTF8((nint)_getErrorString(result))} (CUDA error {result}).");
    }
}
