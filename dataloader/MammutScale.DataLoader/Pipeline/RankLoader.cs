using System.Runtime.ExceptionServices;
using MammutScale.DataLoader.Pipeline.Rows;
using MammutScale.DataLoader.Pipeline.Stages;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>
/// The batches of one rank: one thread plans and asks for row groups ahead of need, some threads decode, batches come out in
/// order. Which samples a batch holds and what they look like depends on (data, seed, step) only: not on the number of threads,
/// not on the number of ranks, not on where the stream was started.
/// </summary>
public sealed class RankLoader : IBatchStream
{
    private readonly DataPlan _plan;
    private readonly LaneRange _lanes;
    private readonly LoaderOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private readonly Queue<OpenBatch> _batches = new();
    private readonly BatchBuffers<float> _images;
    private readonly BatchBuffers<long> _tokens;
    private readonly RowGroupShelf _shelf;
    private readonly Quarantine _quarantine;
    private readonly StageClock _decodeClock, _deliverClock;
    private readonly DecodeStage _decode;
    private readonly Thread[] _threads;
    private ExceptionDispatchInfo? _failure;
    private long _nextStep;
    private bool _ended;

    /// <param name="plan">The order of the data.</param>
    /// <param name="sources">The plan's sources, in its order; the caller keeps and disposes them.</param>
    /// <param name="lanes">The lanes of this rank.</param>
    /// <param name="startStep">The first batch; any step, reached without reading what lies before it.</param>
    public RankLoader(DataPlan plan, IReadOnlyList<LoaderSource> sources, LaneRange lanes, long startStep, LoaderOptions options, TimeProvider? time = null)
    {
        options.Check();
        if (sources.Count != plan.Sources.Count) throw new ArgumentException($"the plan has {plan.Sources.Count} sources, {sources.Count} were given", nameof(sources));
        foreach (var source in sources) source.EnsureFits(options);
        time ??= TimeProvider.System;
        (_plan, _lanes, _options, _nextStep) = (plan, lanes, options, startStep);
        int count = lanes.Count * plan.SamplesPerLane;
        (_images, _tokens) = (new(options.FloatsFor(count)), new(count * options.ContextLength));
        (_decodeClock, _deliverClock) = (new(time), new(time));
        _shelf = new RowGroupShelf(sources, options.ReadsInFlight, time, _stop.Token);
        _quarantine = new Quarantine(options.MaxBadShare, options.BadShareAfter, options.QuarantinePath);
        _decode = new DecodeStage(plan, _shelf, _quarantine, options, _decodeClock, _stop.Token);
        _threads = [Start("mammut-plan", Plan), .. Enumerable.Range(0, options.Threads).Select(i => Start($"mammut-decode-{i}", Decode))];
    }

    /// <summary>Bad rows found so far, each once.</summary>
    public IReadOnlyList<BadRow> BadRows => _quarantine.Rows();

    /// <summary>Batches that were delivered and not disposed yet, and those in the making.</summary>
    internal int BuffersLent => _images.Lent;

    internal bool HasThreads => _threads.Any(t => t.IsAlive);

    /// <inheritdoc/>
    /// <exception cref="DataFormatException">The data cannot be read, or too much of it is bad.</exception>
    /// <exception cref="InvalidOperationException">The stream is at its end.</exception>
    public Batch Next(CancellationToken cancellation)
    {
        long began = _deliverClock.Now();
        using var wake = cancellation.Register(Wake);
        lock (_gate)
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                _failure?.Throw();
                if (_stop.IsCancellationRequested) throw new OperationCanceledException("the batch stream was stopped");
                if (_batches.TryPeek(out var head) && head.IsFinished) break;
                if (_ended && _batches.Count == 0) throw new InvalidOperationException($"the batch stream ended before step {_options.EndStep}");
                Monitor.Wait(_gate);
            }
            var batch = _batches.Dequeue().Close(_options);
            Monitor.PulseAll(_gate);
            _deliverClock.Waited(began);
            _deliverClock.Worked(_deliverClock.Now());
            return batch;
        }
    }

    public LoaderSnapshot Snapshot()
    {
        int ready, untaken;
        lock (_gate) (ready, untaken) = (_batches.TakeWhile(b => b.IsFinished).Count(), _batches.Sum(b => b.Untaken));
        return new LoaderSnapshot
        {
            Read = _shelf.Snapshot(),
            Decode = _decodeClock.Snapshot(untaken, _options.Prefetch * _lanes.Count * _plan.SamplesPerLane),
            Deliver = _deliverClock.Snapshot(ready, _options.Prefetch),
            HeldBytes = _shelf.ExpectedBytes,
            BadRows = _quarantine.Bad,
            FailedRows = _quarantine.Failed,
            Reasons = _quarantine.Reasons(),
        };
    }

    public void Dispose()
    {
        if (_stop.IsCancellationRequested) return;
        _stop.Cancel();
        Wake();
        foreach (var thread in _threads) thread.Join();
        while (_batches.TryDequeue(out var batch)) batch.Abandon();
        _shelf.Dispose();
        _quarantine.Dispose();
        _stop.Dispose();
    }

    private void Plan()
    {
        var cursors = Enumerable.Range(_lanes.First, _lanes.Count).Select(lane => _plan.Open(lane, _nextStep)).ToArray();
        using var reads = _plan.ReadAhead(_lanes, _nextStep).GetEnumerator();
        bool more = reads.MoveNext();
        for (; _options.EndStep is not { } end || _nextStep < end; _nextStep++)
        {
            var planned = new PlannedSample[cursors.Length * _plan.SamplesPerLane];
            for (int i = 0; i < cursors.Length; i++) cursors[i].Next(planned.AsSpan(i * _plan.SamplesPerLane, _plan.SamplesPerLane));
            // What this batch needs must come; beyond it, as far as the memory for reading ahead goes.
            for (; more && (reads.Current.FirstStep <= _nextStep || MayReadAhead(reads.Current)); more = reads.MoveNext())
                _ = _shelf.Get(reads.Current.Source, reads.Current.RowGroup, reads.Current.LastStep);
            lock (_gate)
            {
                while (_batches.Count >= _options.Prefetch)
                {
                    if (_stop.IsCancellationRequested) return;
                    Monitor.Wait(_gate);
                }
                if (_stop.IsCancellationRequested) return;
                _batches.Enqueue(new OpenBatch(_nextStep, planned, _images.Rent(), _tokens.Rent()));
                Monitor.PulseAll(_gate);
            }
        }
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool MayReadAhead(RowGroupRead read) =>
        read.FirstStep <= _nextStep + _options.ReadAheadSteps && !(read.FirstStep >= _options.EndStep) && _shelf.ExpectedBytes < _options.ReadAheadBytes;

    private void Decode()
    {
        using var maker = new SampleMaker(_options);
        while (Take() is var (batch, index))
        {
            if (!_decode.Fill(batch, index, maker)) continue;
            long done;
            lock (_gate)
            {
                // Row groups may go when every earlier batch is finished as well.
                done = _batches.FirstOrDefault(b => !b.IsFinished)?.Step - 1 ?? batch.Step;
                Monitor.PulseAll(_gate);
            }
            _shelf.Release(done);
        }
    }

    private (OpenBatch Batch, int Index)? Take()
    {
        lock (_gate)
        {
            while (!_stop.IsCancellationRequested)
            {
                foreach (var batch in _batches)
                    if (batch.Untaken > 0) return (batch, batch.Take());
                if (_ended) return null;
                long began = _decodeClock.Now();
                Monitor.Wait(_gate);
                _decodeClock.Waited(began);
            }
            return null;
        }
    }

    private Thread Start(string name, Action work)
    {
        var thread = new Thread(() => Guarded(work)) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // the stream is being disposed
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _failure ??= ExceptionDispatchInfo.Capture(e);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }
}
