using MammutScale.Collectives.Operations;
using MammutScale.Collectives.Tcp.Peers;

namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>Runs large operations round the ring, on one or all lanes.</summary>
internal sealed unsafe class RingPass : IDisposable
{
    // below this a further lane costs more than it brings
    private const long BytesPerLane = 512 * 1024;

    private const int AdvancesPerBreath = 64;

    private readonly Mesh _mesh;
    private readonly int _rank;
    private readonly long _generation;
    private readonly RingPlan _plan;
    private readonly RingLane[] _lanes;

    public RingPass(Mesh mesh, int rank, int world, long generation)
    {
        (_mesh, _rank, _generation) = (mesh, rank, generation);
        _plan = new RingPlan(rank, world);
        var next = mesh.PeerOf((rank + 1) % world).Channels;
        var previous = mesh.PeerOf((rank + world - 1) % world).Channels;
        _lanes = [.. next.Select((channel, lane) => new RingLane(_plan, lane, channel, previous[lane]))];
    }

    /// <exception cref="PeerLostException">A neighbour has gone or sends garbage.</exception>
    public void Run(Operation operation)
    {
        CopyOwnPart(operation);
        int lanes = (int)Math.Clamp(operation.Count * operation.Type.Size() / BytesPerLane, 1, _lanes.Length);
        _plan.Set(operation, _generation, lanes);
        for (int i = 0; i < lanes; i++) _lanes[i].Begin();
        int breath = 0;
        while (true)
        {
            bool moved = false, done = true;
            for (int i = 0; i < lanes; i++)
            {
                moved |= _lanes[i].Advance();
                done &= _lanes[i].Done;
            }
            if (done) return;
            if (moved) _mesh.Moved();
            else _mesh.Wait();
            if (++breath % AdvancesPerBreath == 0) _mesh.Breathe();
        }
    }

    public void Dispose()
    {
        foreach (var lane in _lanes) lane.Dispose();
        _plan.Dispose();
    }

    private void CopyOwnPart(Operation operation)
    {
        if (operation.Kind != OperationKind.AllGather) return;
        nint place = operation.Output.Address + (nint)(operation.Offsets[_rank] * operation.Type.Size());
        if (place != operation.Input.Address) Buffer.MemoryCopy((void*)operation.Input.Address, (void*)place, operation.Input.Bytes, operation.Input.Bytes);
    }
}
