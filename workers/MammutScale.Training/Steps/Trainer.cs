using MammutScale.Collectives;
using MammutScale.DataLoader.Pipeline;
using MammutScale.Model;
using MammutScale.Training.Agreement;
using MammutScale.Training.Batches;
using MammutScale.Training.Configuration;
using MammutScale.Training.Optimizers;
using MammutScale.Training.Parameters;
using MammutScale.Training.Phases;
using MammutScale.Training.Replicas;
using static TorchSharp.torch;

namespace MammutScale.Training.Steps;

/// <summary>
/// The optimizer step, in the order in which the paper tells it. It runs on one thread. The gradient is the sum over the ranks
/// of exact parts of the global batch's gradient: no rank count enters anywhere.
/// </summary>
internal sealed class Trainer : IDisposable
{
    private static readonly double MaxLogitScale = Math.Log(100);
    private readonly Replica _replica;
    private readonly RunFile _file;
    private readonly ICollectives _group;
    private readonly LearningRate _rate;
    private readonly PhaseClock _clock;
    private readonly ShardMap _shards;
    private readonly GradientReduction _reduction;
    private readonly ContrastiveTask _contrast;
    private readonly Passes _passes;
    private readonly RankExchange<BatchShare> _shares;
    private readonly RankExchange<StepFinding> _findings;

    public Trainer(Replica replica, RunFile file, ICollectives group, long totalSteps, PhaseClock clock)
    {
        (_replica, _file, _group, _clock) = (replica, file, group, clock);
        _rate = new LearningRate(file.Optim, totalSteps);
        _shards = new ShardMap(replica.State.Layout, group.Rank, group.WorldSize);
        _reduction = new GradientReduction(group, replica.State, _shards, replica.Optimizer is { Sharded: true, Shards.Copies: 1 }, replica.Stages);
        _contrast = new ContrastiveTask(replica.Model, file.Loss, new EmbeddingExchange(group, clock));
        _passes = new Passes(replica.Model, replica.Video, file.Loss, file.Seed, replica.Device.IsHost ? null : new BatchStaging(replica.Device));
        _shares = new RankExchange<BatchShare>(group);
        _findings = new RankExchange<StepFinding>(group);
        replica.Model.Markers = _reduction;
    }

    /// <summary>Scalars that stay where they were computed: reading one makes the host wait for the device.</summary>
    private readonly record struct StepLosses(Tensor? Contrastive, IReadOnlyList<Tensor> Captioning)
    {
        public double ReadContrastive() => Contrastive?.item<float>() ?? 0;

        public double ReadCaptioning() => Captioning.Sum(part => (double)part.item<float>());
    }

    /// <summary>Buckets whose sum was on its way before the backward pass returned, in the last step.</summary>
    public int BucketsStartedEarly => _reduction.StartedEarly;

    /// <summary>Trains on this rank's part of a global batch and commits the step.</summary>
    /// <exception cref="CollectiveException">The group failed; the step is not committed.</exception>
    public StepResult Step(Batch batch)
    {
        using var scope = NewDisposeScope();
        _replica.State.ZeroGradients();
        var shares = Shares(batch);

        var losses = MicroSize(batch) < batch.Count ? ByMicroBatches(batch, shares) : AtOnce(batch, shares);
        var verdict = Reduce(losses);

        var rate = _rate.At(_replica.Progress.Step);
        var next = Next(verdict, shares);
        if (verdict.IsFinite) Update(rate, verdict.GradNorm, next);
        _replica.Progress = next;
        return Result(verdict, rate, shares);
    }

    public void Dispose()
    {
        _replica.Model.Markers = null;
        _passes.Dispose();
    }

    private int MicroSize(Batch batch) => _file.Train switch
    {
        { Accumulate: Accumulation.Off } or { MicroBatch: 0 } => batch.Count,
        { Accumulate: Accumulation.Cached, MicroBatch: var size } => Math.Min(size, Math.Max(1, batch.Count - 1)),
        { MicroBatch: var size } => size,
    };

    private BatchShares Shares(Batch batch)
    {
        using (_clock.Enter(Phase.Communication)) return BatchShares.Agree(_shares, _group.Rank, batch.Lengths.AsSpan(0, batch.Count));
    }

    /// <summary>One forward pass, the contrast of its embeddings, one backward pass that starts from both losses.</summary>
    private StepLosses AtOnce(Batch batch, BatchShares shares)
    {
        _reduction.Arm();
        PassOutput output;
        ContrastiveGradients? contrast = null;
        using (_clock.Enter(Phase.Forward))
        {
            output = _passes.Run(batch, 0, batch.Count, shares.Labels);
            if (output is { Image: { } image, Text: { } text } && _file.Loss.ContrastiveWeight > 0) contrast = _contrast.Evaluate(image, text, shares);
        }

        var captioning = Backward(output, contrast?.Image, contrast?.Text, last: true);
        return new StepLosses(contrast?.Loss, captioning is null ? [] : [captioning]);
    }

    /// <summary>
    /// Cached accumulation (GradCache, arXiv 2101.06983): embed all micro-batches without a graph, contrast the whole batch
    /// exactly, then run each micro-batch again and go back from its embeddings' gradients. Activations exist for one
    /// micro-batch only; the sum is the gradient of the batch in one piece.
    /// </summary>
    private StepLosses ByMicroBatches(Batch batch, BatchShares shares)
    {
        var size = MicroSize(batch);
        ContrastiveGradients? contrast = null;
        if (_file.Loss.ContrastiveWeight > 0)
        {
            using (_clock.Enter(Phase.Forward))
            {
                var embeddings = Starts(batch, size).Select(m => _passes.Embed(batch, m.Start, m.Count)).ToList();
                contrast = _contrast.Evaluate(cat([.. embeddings.Select(e => e.Image)]), cat([.. embeddings.Select(e => e.Text)]), shares);
            }
        }

        var captioning = new List<Tensor>();
        foreach (var (start, count) in Starts(batch, size))
        {
            using var scope = NewDisposeScope();
            var last = start + count == batch.Count;
            if (last) _reduction.Arm();
            PassOutput output;
            using (_clock.Enter(Phase.Forward)) output = _passes.Run(batch, start, count, shares.Labels);
            if (Backward(output, contrast?.Image.narrow(0, start, count), contrast?.Text.narrow(0, start, count), last) is { } part)
                captioning.Add(part.MoveToOuterDisposeScope());
        }

        return new StepLosses(contrast?.Loss, captioning);
    }

    /// <returns>This part's captioning loss, when there is one.</returns>
    private Tensor? Backward(PassOutput output, Tensor? image, Tensor? text, bool last)
    {
        using (_clock.Enter(Phase.Backward))
        {
            List<Tensor> roots = [];
            List<Tensor> gradients = [];
            if (image is not null && text is not null)
            {
                roots.AddRange(output.Image!, output.Text!);
                gradients.AddRange(image, text);
            }

            if (output.Caption is { } caption)
            {
                roots.Add(caption);
                gradients.Add(full_like(caption, _file.Loss.CaptionWeight));
            }

            BackwardPass.Run(roots, gradients);
            if (last)
                _reduction.Complete();
            else
                foreach (var bucket in _replica.State.Layout.Buckets) _replica.State.FoldGradients(bucket);
        }

        return output.Caption?.detach();
    }

    private StepVerdict Reduce(StepLosses losses)
    {
        using (_clock.Enter(Phase.Communication)) _reduction.Wait();
        double squares;
        using (_clock.Enter(Phase.Optimizer)) squares = _replica.Optimizer.SquaredGradients(_shards);
        var finding = new StepFinding(losses.ReadContrastive(), losses.ReadCaptioning(), squares);
        using (_clock.Enter(Phase.Communication))
        {
            // nobody says that its gradients are good before they are
            _group.Settle();
            return StepVerdict.Agree(_findings, finding);
        }
    }

    private void Update(double rate, double norm, Progress next)
    {
        using var phase = _clock.Enter(Phase.Optimizer);
        var limit = _file.Optim.Clip;
        var scale = limit > 0 && norm > limit ? limit / (norm + 1e-6) : 1;
        if (_replica.Optimizer.Sharded) _replica.Pending = next;
        _replica.Optimizer.Step(rate, (float)scale);
        if (_replica.Optimizer.Sharded)
        {
            using (_clock.Enter(Phase.Communication)) ShardGather.Run(_group, _replica.State, _shards);
        }

        _replica.Pending = null;
        using var noGrad = no_grad();
        _replica.Model.LogitScale.clamp_(0, MaxLogitScale);
        _replica.State.RefreshComputeWeights();
    }

    private Progress Next(StepVerdict verdict, BatchShares shares)
    {
        var progress = _replica.Progress;
        return progress with
        {
            Step = progress.Step + 1,
            Updates = progress.Updates + (verdict.IsFinite ? 1 : 0),
            Samples = progress.Samples + shares.Total,
            Skipped = progress.Skipped + (verdict.IsFinite ? 0 : 1),
        };
    }

    private StepResult Result(StepVerdict verdict, double rate, BatchShares shares) =>
        new()
        {
            Loss = _file.Loss.ContrastiveWeight * verdict.Contrastive + _file.Loss.CaptionWeight * verdict.Captioning,
            Contrastive = verdict.Contrastive,
            Captioning = verdict.Captioning,
            GradNorm = verdict.GradNorm,
            LearningRate = rate,
            LogitScale = Math.Exp(_replica.Model.LogitScale.item<float>()),
            Samples = shares.Total,
            Skipped = !verdict.IsFinite,
        };

    private static IEnumerable<(int Start, int Count)> Starts(Batch batch, int size)
    {
        for (var start = 0; start < batch.Count; start += size) yield return (start, Math.Min(size, batch.Count - start));
    }
}
