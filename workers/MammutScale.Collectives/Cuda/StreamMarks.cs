using System.Runtime.InteropServices;
using MammutScale.Collectives.Cuda;

namespace MammutScale.Collectives;

/// <summary>
/// Moments on a device's compute stream. The host runs ahead of a GPU, so its own clock says when work was handed over; the time
/// between two marks is what the device spent on what was handed over between them, waiting for other streams included.
/// One thread uses it.
/// </summary>
public sealed class StreamMarks : IDisposable
{
    private readonly CudaRuntime _cuda;
    private readonly int _device;
    private readonly List<EventHandle> _events = [];
    private readonly List<double> _times = [];
    private int _marks;

    private StreamMarks(CudaRuntime cuda, int device) => (_cuda, _device) = (cuda, device);

    /// <exception cref="CollectiveException">There is no CUDA runtime.</exception>
    public static StreamMarks Open(int device) => new(CudaRuntime.Find(out string trouble) ?? throw new CollectiveException(trouble), device);

    /// <summary>The moment when the device has done all that was handed over so far.</summary>
    public void Mark()
    {
        _cuda.SetDevice(_device);
        if (_marks == _events.Count) _events.Add(_cuda.CreateEvent(timed: true));
        _cuda.Record(_events[_marks++], CudaRuntime.ComputeStream);
    }

    /// <summary>Waits until the device has come to the last mark.</summary>
    /// <returns>Seconds between each mark and the one before it. The last mark stays as the first of the next series. Valid until the next call.</returns>
    public ReadOnlySpan<double> Settle()
    {
        _times.Clear();
        if (_marks == 0) return default;
        _cuda.SetDevice(_device);
        _cuda.Await(_events[_marks - 1]);
        for (int i = 1; i < _marks; i++) _times.Add(_cuda.Elapsed(_events[i - 1], _events[i]));
        (_events[0], _events[_marks - 1]) = (_events[_marks - 1], _events[0]);
        _marks = 1;
        return CollectionsMarshal.AsSpan(_times);
    }

    public void Dispose()
    {
        foreach (var mark in _events) mark.Dispose();
        _events.Clear();
        _marks = 0;
    }
}
