namespace MammutScale.DataLoader.Pipeline.Stages;

/// <summary>One stage at one moment.</summary>
/// <param name="Items">Done since the start: row groups, samples or batches.</param>
/// <param name="Queued">Waiting for or lying behind the stage now.</param>
/// <param name="Capacity">The most that can be queued.</param>
/// <param name="BusySeconds">Work of all threads of the stage together.</param>
/// <param name="WaitSeconds">Waiting of all threads of the stage for the stage before it.</param>
public readonly record struct StageSnapshot(long Items, int Queued, int Capacity, double BusySeconds, double WaitSeconds);
