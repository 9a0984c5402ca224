using MammutScale.Contracts;
using MammutScale.Coordinator.Machine;
using MammutScale.Coordinator.Rendezvous;

namespace MammutScale.Coordinator.Tests.Machine;

/// <summary>A run told as a story: who comes, says what, goes; and how much time passes.</summary>
internal sealed class Scenario
{
    private readonly RunMachine _machine;
    private readonly Dictionary<string, (int Pid, int Generation, long? Step)> _workers = [];

    public Scenario(int min = 1, int max = 2, int lanes = 8, long steps = 100, RendezvousOptions? options = null)
    {
        Options = options ?? new RendezvousOptions();
        _machine = new RunMachine(Options);
        State = MachineState.New(Make.Submission(min, max, lanes, steps), new byte[32], Now);
        Apply(new MachineEvent.Begun());
    }

    public RendezvousOptions Options { get; }

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public MachineState State { get; set; }

    public Transition Last { get; private set; } = null!;

    /// <summary>The newest plan that each worker has received.</summary>
    public Dictionary<string, GenerationPlan> Plans { get; } = [];

    /// <summary>The last event formed a generation.</summary>
    public bool FormedLast { get; private set; }

    /// <summary>Told of the state after every event.</summary>
    public Action<RunState>? Seen { get; set; }

    public Transition Apply(MachineEvent happened)
    {
        var before = State.Generation;
        Last = _machine.Apply(State, happened, Now);
        FormedLast = Last.State.Generation > before;
        State = Last.State;
        Seen?.Invoke(State.State);
        return Last;
    }

    public void Pass(TimeSpan time, params string[] beating)
    {
        var end = Now + time;
        while (Now < end)
        {
            Now = Now + TimeSpan.FromSeconds(0.5) < end ? Now.AddSeconds(0.5) : end;
            foreach (var worker in beating)
            {
                if (State.Worker(worker) is { Waiting: true }) Join(worker);
                else Report(worker);
            }

            Apply(new MachineEvent.Ticked());
        }
    }

    public WorkerOrders Join(string worker, bool newProcess = false)
    {
        var known = _workers.GetValueOrDefault(worker, (Pid: 100 + _workers.Count, Generation: 0, Step: null));
        if (newProcess) known = (known.Pid + 1000, 0, null);
        Apply(new MachineEvent.Greeted(new WorkerHello
        {
            WorkerId = worker,
            Host = "host",
            ProcessId = known.Pid,
            Endpoint = $"127.0.0.1:{known.Pid}",
            CommittedStep = known.Step,
            Generation = known.Generation,
            Incarnation = $"{known.Pid}",
        }));
        var orders = Orders.For(State, worker, known.Generation);
        if (orders.Plan is { } plan)
        {
            known.Generation = plan.Generation;
            Plans[worker] = plan;
        }

        _workers[worker] = known;
        return orders;
    }

    public WorkerOrders Report(string worker, Func<WorkerReport, WorkerReport>? change = null)
    {
        var known = _workers[worker];
        var report = new WorkerReport
        {
            WorkerId = worker,
            Generation = known.Generation,
            State = WorkerState.Training,
            Step = known.Step ?? State.Step,
            Phases = new(),
            ResidentBytes = 1,
            BadRows = 0,
        };
        report = change?.Invoke(report) ?? report;
        Apply(new MachineEvent.Reported(report));
        if (report.Generation == known.Generation) _workers[worker] = known with { Step = report.Step };
        return Orders.For(State, worker, report.Generation);
    }

    /// <summary>All members commit the steps up to <paramref name="step"/>; rank 0 tells them.</summary>
    public void Train(long step)
    {
        foreach (var member in State.Members)
        {
            var from = State.Step;
            Report(member.WorkerId, r => r with
            {
                Step = step,
                Steps = member.Rank == 0 ? [.. Enumerable.Range((int)from + 1, (int)Math.Max(0, step - from)).Select(s => Make.Step(s, r.Generation, Now))] : [],
            });
        }
    }

    public void Exit(string worker, int code = 137, int? pid = null)
        => Apply(new MachineEvent.ProcessEnded(new WorkerExit { WorkerId = worker, ProcessId = pid ?? _workers[worker].Pid, ExitCode = code }));

    public void Command(RunCommandKind kind) => Apply(new MachineEvent.Commanded(new RunCommand { Kind = kind, By = "ada" }));

    /// <summary>Workers w1 … wN in a running first generation, each with its plan.</summary>
    public Scenario Started(int workers)
    {
        var names = Enumerable.Range(1, workers).Select(i => $"w{i}").ToArray();
        foreach (var name in names) Join(name);
        if (State.State != RunState.Running) Pass(Options.InitialSettle + TimeSpan.FromSeconds(0.5), names);
        foreach (var name in names.Where(n => _workers[n].Generation < State.Generation)) Join(name);
        State.State.ShouldBe(RunState.Running);
        return this;
    }
}
