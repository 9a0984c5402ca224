using MammutScale.Collectives;
using MammutScale.Contracts;
using MammutScale.DataLoader.Planning;
using MammutScale.Storage;
using MammutScale.Training.Configuration;
using MammutScale.Training.Data;
using MammutScale.Training.Devices;
using MammutScale.Training.Events;
using MammutScale.Training.Runs;
using MammutScale.Worker.Generations;
using MammutScale.Worker.Reporting;

namespace MammutScale.Worker.Sessions;

/// <summary>A training session and its data, as the worker's loop drives them.</summary>
internal sealed class SessionTrainee : ITrainee
{
    private readonly TrainingSession _session;
    private readonly RunData _data;
    private readonly IBlobStore _store;
    private readonly RunFolder _folder;
    private readonly RunSubmission _run;
    private readonly BadRowCount _badRows = new();
    private readonly SourceGauge _gauge;

    private SessionTrainee(RunSubmission run, TrainingSession session, RunData data, IBlobStore store, RunFolder folder)
    {
        (_run, _session, _data, _store, _folder) = (run, session, data, store, folder);
        _gauge = new SourceGauge(data.Plan);
    }

    public long? CommittedStep => _session.CommittedStep;

    public CollectivesSection Collectives => _session.File.Collectives;

    /// <summary>Reads the run file, opens its data and prepares the model.</summary>
    /// <param name="workerId">Names this worker's list of bad rows.</param>
    /// <param name="threads">CPU threads; null leaves it to the run file.</param>
    /// <param name="device">What to train on.</param>
    public static SessionTrainee Open(RunSubmission run, string workerId, int? threads, TrainingDevice device, TimeProvider time)
    {
        // checkpoints belong to the run, not to the file: two runs of one file must not meet in a folder
        var file = RunFile.Parse(run.Spec) with { Name = run.RunId };
        var store = BlobStores.Open(run.Store, time);
        var data = RunData.OpenAsync(file, time).GetAwaiter().GetResult();
        try
        {
            var session = new TrainingSession(file, data.Tokenizer.VocabularySize, threads ?? 0, time, device);
            return new SessionTrainee(run, session, data, store, new RunFolder(run, workerId));
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    public GenerationEnd Train(GenerationPlan plan, Member self, ICollectives group, IRunObserver observer, Func<StepDirective> directive, CancellationToken cancellation)
        => _session.Run(new GenerationSetup
        {
            Group = group,
            Store = _store,
            OpenBatches = batch => new CountedStream(_data.OpenBatches(new LaneRange(self.FirstLane, self.LaneCount), batch, _folder.BadRows), _badRows),
            TotalSteps = _run.TotalSteps,
            DataFingerprint = _data.Fingerprint,
            NameOf = _data.NameOf,
            Evaluations = _data.Evaluations(),
            Observer = observer,
            Directive = directive,
            ProfilePath = _folder.Profile,
        }, cancellation);

    public DataNews News() => new(_badRows.Rows, _badRows.Newest, _gauge.At(_session.CommittedStep ?? 0));

    public void Dispose()
    {
        _session.Dispose();
        _data.Dispose();
    }
}
