using MammutScale.Collectives.Tests.Support;

namespace MammutScale.Collectives.Tests.Nccl;

/// <summary>Ranks with a device each over the stand-in, and TCP groups to control them.</summary>
internal sealed class NcclGroups : IDisposable
{
    private readonly Groups _control;

    private NcclGroups(Groups control, NcclGroup[] ranks) => (_control, Ranks) = (control, ranks);

    public NcclGroup[] Ranks { get; }

    public static async Task<NcclGroups> CreateAsync(int world, Func<NcclGroupOptions, NcclGroupOptions>? change = null)
    {
        var control = await Groups.TcpAsync(world);
        return new NcclGroups(control, await Task.WhenAll(control.Ranks.Select((rank, i) =>
        {
            var options = new NcclGroupOptions { Device = i, WatchInterval = TimeSpan.FromMilliseconds(20) };
            return NcclGroup.ConnectAsync(change is null ? options : change(options), (QueuedGroup)rank);
        })));
    }

    public void Dispose()
    {
        // ending in peace is a collective operation
        var ending = Ranks.Select(rank => Task.Factory.StartNew(rank.Dispose, TaskCreationOptions.LongRunning)).ToArray();
        Task.WaitAll(ending);
        _control.Dispose();
    }
}

/// <summary>A group whose <see cref="ICollectiveWork.Wait"/> also waits for the device, as tests that look at memory need it.</summary>
internal sealed class Synchronous(ICollectives inner) : ICollectives
{
    public int Rank => inner.Rank;

    public int WorldSize => inner.WorldSize;

    public string Backend => inner.Backend;

    public ICollectives Host => inner.Host;

    public ICollectiveWork AllReduce(DeviceBuffer buffer, ReduceOp op) => new Work(inner.AllReduce(buffer, op), Rank);

    public ICollectiveWork ReduceScatter(DeviceBuffer input, DeviceBuffer output, ReduceOp op, ReadOnlySpan<long> counts) => new Work(inner.ReduceScatter(input, output, op, counts), Rank);

    public ICollectiveWork AllGather(DeviceBuffer input, DeviceBuffer output, ReadOnlySpan<long> counts) => new Work(inner.AllGather(input, output, counts), Rank);

    public ICollectiveWork Broadcast(DeviceBuffer buffer, int root) => new Work(inner.Broadcast(buffer, root), Rank);

    public ICollectiveWork Barrier() => inner.Barrier();

    public void Settle() => inner.Settle();

    public void Abort(string reason) => inner.Abort(reason);

    public void Dispose() => inner.Dispose();

    private sealed class Work(ICollectiveWork work, int device) : ICollectiveWork
    {
        public bool IsCompleted => work.IsCompleted;

        public void Wait()
        {
            work.Wait();
            StandIn.Synchronize(device);
        }
    }
}
