using System.Runtime.InteropServices;

namespace MammutScale.Collectives.Cuda;

/// <summary>The part of libcudart that streams, events and devices need. 0 as a stream is PyTorch's: the legacy default stream.</summary>
internal sealed unsafe class CudaRuntime
{
    private static readonly Lazy<(CudaRuntime? Runtime, string Trouble)> Default = new(() => Load(LibraryPaths.Candidates("MAMMUT_CUDART", "libcudart.so.13", "libcudart.so.12", "libcudart.so")));

    public const nint ComputeStream = 0;

    private const int NotReady = 600;
    private const uint NonBlockingStream = 1;
    private const uint EventWithoutTiming = 2;
    private const uint EventWithTiming = 0;
    private const int BusIdLength = 32;

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
    private readonly delegate* unmanaged<nint, int> _eventSynchronize;
    private readonly delegate* unmanaged<float*, nint, nint, int> _eventElapsedTime;
    private readonly delegate* unmanaged<nuint*, nuint*, int> _memGetInfo;
    private readonly delegate* unmanaged<byte*, int, int, int> _getPciBusId;
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
        _eventSynchronize = (delegate* unmanaged<nint, int>)library.Required("cudaEventSynchronize");
        _eventElapsedTime = (delegate* unmanaged<float*, nint, nint, int>)library.Required("cudaEventElapsedTime");
        _memGetInfo = (delegate* unmanaged<nuint*, nuint*, int>)library.Required("cudaMemGetInfo");
        _getPciBusId = (delegate* unmanaged<byte*, int, int, int>)library.Required("cudaDeviceGetPCIBusId");
        _getErrorString = (delegate* unmanaged<int, byte*>)library.Required("cudaGetErrorString");
    }

    /// <summary>The process's CUDA runtime with at least one device; null, with one sentence why and what to do.</summary>
    public static CudaRuntime? Find(out string trouble)
    {
        (var runtime, trouble) = Default.Value;
        return runtime;
    }

    public static (CudaRuntime? Runtime, string Trouble) Load(IEnumerable<string> candidates)
    {
        try
        {
            if (LoadedLibrary.Load(candidates, out string trouble) is not { } library)
                return (null, $"The CUDA runtime was not found ({trouble}). Install CUDA, or put its folder into LD_LIBRARY_PATH, or its path into MAMMUT_CUDART.");
            var cuda = new CudaRuntime(library);
            return cuda.DeviceCount == 0 ? (null, "There is no CUDA device on this machine.") : (cuda, "");
        }
        catch (CollectiveException e)
        {
            return (null, $"CUDA cannot be used here: {e.Message}");
        }
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

    /// <param name="timed">The time between two such events can be told; they cost a little more.</param>
    public EventHandle CreateEvent(bool timed = false)
    {
        nint created;
        ThrowIfFailed(_eventCreate(&created, timed ? EventWithTiming : EventWithoutTiming), "cudaEventCreateWithFlags");
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

    /// <summary>The host waits for the event.</summary>
    public void Await(EventHandle what) => ThrowIfFailed(_eventSynchronize(what.Value), "cudaEventSynchronize");

    /// <summary>Seconds between two timed events that have happened.</summary>
    public double Elapsed(EventHandle from, EventHandle to)
    {
        float milliseconds;
        ThrowIfFailed(_eventElapsedTime(&milliseconds, from.Value, to.Value), "cudaEventElapsedTime");
        return milliseconds / 1000.0;
    }

    /// <summary>Free and all memory of the current device, bytes.</summary>
    public (long Free, long Total) Memory()
    {
        nuint free, total;
        ThrowIfFailed(_memGetInfo(&free, &total), "cudaMemGetInfo");
        return ((long)free, (long)total);
    }

    /// <summary>Where the device sits in its machine, e.g. 0000:3b:00.0: the same whatever number a process has for it.</summary>
    public string BusId(int device)
    {
        byte* text = stackalloc byte[BusIdLength];
        ThrowIfFailed(_getPciBusId(text, BusIdLength, device), "cudaDeviceGetPCIBusId");
        return Marshal.PtrToStringUTF8((nint)text) ?? "";
    }

    internal bool DestroyStream(nint stream) => _streamDestroy(stream) == 0;

    internal bool DestroyEvent(nint created) => _eventDestroy(created) == 0;

    private void ThrowIfFailed(int result, string call)
    {
        if (result == 0) return;
        throw new CollectiveException($"{call} failed: {Marshal.PtrToStringUTF8((nint)_getErrorString(result))} (CUDA error {result}).");
    }
}
