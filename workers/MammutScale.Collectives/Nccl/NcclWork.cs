using MammutScale.Collectives.Cuda;

namespace MammutScale.Collectives.Nccl;

/// <summary>A handle to an operation on the communication stream; made once and used again, as the handles of queued groups are.</summary>
internal sealed class NcclWork(NcclGroup group, EventHandle done) : ICollectiveWork
{
    /// <summary>Happens on the communication stream after the operation.</summary>
    public EventHandle Done => done;

    public bool IsCompleted => group.HasEnded(this);

    public void Wait() => group.LetComputeWait(this);
}
