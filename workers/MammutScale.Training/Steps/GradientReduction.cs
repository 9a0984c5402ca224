using MammutScale.Collectives;
using MammutScale.Model;
using MammutScale.Training.Parameters;
using static TorchSharp.torch;

namespace MammutScale.Training.Steps;

/// <summary>
/// Sums gradients over the ranks, bucket by bucket, while the backward pass goes on: markers tell when a block is behind it.
/// Buckets start in the same order on every rank. Scattered, a rank receives its own part only.
/// </summary>
internal sealed class GradientReduction : IBackwardMarkers
{
    private readonly ICollectives _group;
    private readonly FlatState _state;
    private readonly ShardMap _shards;
    private readonly bool _scatter;
    private readonly BackwardStages _stages;
    private readonly int[] _pending;
    private readonly Action[] _passed;
    private readonly List<ICollectiveWork> _works = [];

    // markers come from libtorch's own thread when it computes on a GPU
    private readonly Lock _gate = new();
    private Exception? _failure;
    private bool _armed;
    private int _next;

    public GradientReduction(ICollectives group, FlatState state, ShardMap shards, bool scatter, BackwardStages stages)
    {
        (_group, _state, _shards, _scatter, _stages) = (group, state, shards, scatter, stages);
        _pending = new int[stages.Last + 1];
        _passed = [.. Enumerable.Range(0, _pending.Length).Select(stage => (Action)(() => Passed(stage)))];
    }

    /// <summary>Buckets that were on their way before the last backward pass returned.</summary>
    public int StartedEarly { get; private set; }

    /// <summary>The next forward and backward pass is the last of the step: gradients are final block by block.</summary>
    public void Arm()
    {
        Array.Clear(_pending);
        _pending[^1] = 1;
        _works.Clear();
        (_failure, _next, _armed) = (null, 0, true);
    }

    /// <summary>The last backward pass has returned: the rest starts.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _armed = false;
            StartedEarly = _next;
            _pending[^1] = 0;
            if (_failure is null) StartReady();
        }

        if (_failure is { } failure) throw failure is CollectiveException lost ? new CollectiveException(lost.Message, lost.FailedRank, lost) : new InvalidOperationException(failure.Message, failure);
    }

    /// <summary>Waits until all sums are there.</summary>
    public void Wait()
    {
        foreach (var work in _works) work.Wait();
        _works.Clear();
    }

    public Tensor Mark(string block, Tensor x)
    {
        if (!_armed || !is_grad_enabled()) return x;
        var stage = _stages.OfBlock(block);
        _pending[stage]++;
        return GradientMarker.On(x, _passed[stage]);
    }

    private void Passed(int stage)
    {
        // an exception must not travel through the native backward pass
        lock (_gate)
        {
            if (!_armed || _failure is not null) return;
            try
            {
                _pending[stage]--;
                StartReady();
            }
            catch (Exception e)
            {
                _failure = e;
            }
        }
    }

    private void StartReady()
    {
        var buckets = _state.Layout.Buckets;
        for (; _next < buckets.Count && IsFinal(buckets[_next]); _next++) Start(buckets[_next]);
    }

    private bool IsFinal(FlatBucket bucket)
    {
        for (var stage = 0; stage <= bucket.LastStage; stage++)
        {
            if (_pending[stage] != 0) return false;
        }

        return true;
    }

    private void Start(FlatBucket bucket)
    {
        _state.FoldGradients(bucket);
        if (_group.WorldSize == 1) return;
        var whole = TensorMemory.Buffer(_state.Gradients).Slice(bucket.Offset, bucket.Length);
        if (!_scatter)
        {
            _works.Add(_group.AllReduce(whole));
            return;
        }

        var counts = _shards.Counts(bucket);
        long offset = 0;
        for (var rank = 0; rank < _shards.Rank; rank++) offset += counts[rank];
        _works.Add(_group.ReduceScatter(whole, whole.Slice(offset, counts[_shards.Rank]), ReduceOp.Sum, counts));
    }
}
