using System.Runtime.CompilerServices;
using MammutScale.Contracts;
using MammutScale.Coordinator.Machine;
using MammutScale.Coordinator.Metrics;
using MammutScale.Coordinator.Persistence;
using MammutScale.Coordinator.Rendezvous;
using MammutScale.Storage;
using Microsoft.Extensions.Logging;

namespace MammutScale.Coordinator.Runs;

/// <summary>A thin shell around <see cref="RunMachine"/>: clock, store, figures and those who watch.</summary>
internal sealed partial class RunGrain(
    [PersistentState(BlobGrainStorage.RunState, BlobGrainStorage.Name)] IPersistentState<RunDocument> document,
    RunMachine machine,
    TimeProvider time,
    IBlobStore store,
    RunInstruments instruments,
    ILogger<RunGrain> log) : Grain, IRunGrain
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UpdateEvery = TimeSpan.FromSeconds(0.2);
    private readonly Watchers _watchers = new();
    private readonly string _activation = Guid.NewGuid().ToString("n");
    private readonly SemaphoreSlim _saving = new(1);
    private MachineState? _state;
    private RunTelemetry? _telemetry;
    private IGrainTimer? _timer;
    private long _sequence;
    private bool _unsaved;
    private bool _isFenced;
    private bool _unshown = true;
    private DateTimeOffset _savedAt;

    private string RunId => this.GetPrimaryKeyString();

    private RunTelemetry Telemetry => _telemetry ??= new(new HistoryLog(store, $"runs/{RunId}/history"), new GoodputLedger(time.GetUtcNow(), document.State.Goodput));

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (document.State.Machine is not { } stored) return;
        _state = stored with { Workers = stored.Workers.WithComparers(StringComparer.Ordinal) };
        _sequence = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (_state.IsOver) return;
        await Telemetry.LoadAsync(cancellationToken);
        foreach (var segment in Telemetry.Damaged) LogDamaged(RunId, segment);
        await ApplyAsync(new MachineEvent.Restored());
        LogRestored(RunId, _state.State, _state.Generation, _state.Step);
        StartTicking();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_state is not null && !_isFenced && reason.ReasonCode != DeactivationReasonCode.ActivationFailed) await SaveLazilyAsync();
    }

    public async Task<RunSnapshot> Submit(RunSubmission submission)
    {
        if (_state is { } known)
        {
            if (known.Submission == submission) return Snapshot(known);
            throw new RunRefusedException($"There is already another run '{RunId}' ({known.State.ToString().ToLowerInvariant()}, step {known.Step}). Choose another id, or resume it.");
        }

        SubmissionRules.Check(submission);
        if (submission.RunId != RunId) throw new RunRefusedException($"Run '{submission.RunId}' was submitted under the id '{RunId}'.");
        await GrainFactory.GetGrain<IRunsGrain>(0).Register(RunId);
        // before the first step: what is read later would replace what has been told since
        await Telemetry.LoadAsync(CancellationToken.None);
        var now = time.GetUtcNow();
        _state = MachineState.New(submission, GenerationSecret.NewRunSecret(), now);
        try
        {
            await ApplyAsync(new MachineEvent.Begun());
        }
        catch (RunRefusedException)
        {
            _state = null;
            throw;
        }

        StartTicking();
        return Snapshot(_state);
    }

    public Task<RunSnapshot?> GetSnapshot() => Task.FromResult(_state is { } state ? Snapshot(state) : null);

    public async Task<SeriesBlock> GetHistory(long? fromStep, long? toStep, int buckets)
    {
        if (_state is null) throw Unknown();
        await Telemetry.LoadAsync(CancellationToken.None);
        return Telemetry.History.Read(fromStep, toStep, Math.Clamp(buckets, 1, 10_000), _sequence);
    }

    public async IAsyncEnumerable<RunUpdate> Watch([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (_state is null) throw Unknown();
        var watcher = _watchers.Register();
        try
        {
            yield return new RunUpdate { Snapshot = Snapshot(_state), Steps = [] };
            while (true)
            {
                await watcher.WaitAsync(cancellation);
                var (steps, gap) = watcher.Take();
                yield return new RunUpdate { Snapshot = Snapshot(_state), Steps = steps, Gap = gap };
                await Task.Delay(UpdateEvery, time, cancellation);
            }
        }
        finally
        {
            _watchers.Remove(watcher);
        }
    }

    public async Task<WorkerOrders> Join(WorkerHello hello)
    {
        if (_state is null) return new WorkerOrders { Directive = Directive.Wait, Reason = $"run '{RunId}' has not been submitted yet" };
        await ApplyAsync(new MachineEvent.Greeted(hello));
        return Orders.For(_state, hello.WorkerId, hello.Generation);
    }

    public async Task<WorkerOrders> Report(WorkerReport report)
    {
        if (_state is null) return new WorkerOrders { Directive = Directive.Regroup, Reason = $"run '{RunId}' is not known here" };
        if (report.Activation.Length == 0 || report.Activation == _activation) await ApplyAsync(new MachineEvent.Reported(report));
        return Orders.For(_state, report.WorkerId, report.Generation) with { Activation = _activation, RecordedStep = _state.Latest?.Step ?? 0 };
    }

    public Task Leave(string workerId, string reason) => _state is null ? Task.CompletedTask : ApplyAsync(new MachineEvent.Departed(workerId, reason));

    public Task Exited(WorkerExit exit) => _state is null ? Task.CompletedTask : ApplyAsync(new MachineEvent.ProcessEnded(exit));

    public async Task<RunSnapshot> Command(RunCommand command)
    {
        if (_state is null) throw Unknown();
        await Telemetry.LoadAsync(CancellationToken.None);
        await ApplyAsync(new MachineEvent.Commanded(command));
        StartTicking();
        return Snapshot(_state);
    }

    private RunSnapshot Snapshot(MachineState state) => Snapshots.Of(state, Telemetry.Speed, Telemetry.Goodput, _sequence, time.GetUtcNow());

    private RunRefusedException Unknown() => new($"There is no run '{RunId}' here.");
}
