using MammutScale.Collectives;
using MammutScale.Contracts;
using MammutScale.Training.Configuration;
using MammutScale.Training.Events;
using MammutScale.Training.Runs;
using MammutScale.Worker.Reporting;

namespace MammutScale.Worker.Generations;

/// <summary>What a worker holds of a run from one generation to the next. All calls come from the training thread, except <see cref="CommittedStep"/>.</summary>
internal interface ITrainee : IDisposable
{
    /// <summary>Steps that the state in memory has committed; null when there is none.</summary>
    long? CommittedStep { get; }

    /// <summary>How the ranks of this run move bytes: from the run file, so the same on all of them.</summary>
    CollectivesSection Collectives { get; }

    GenerationEnd Train(GenerationPlan plan, Member self, ICollectives group, IRunObserver observer, Func<StepDirective> directive, CancellationToken cancellation);

    /// <summary>Bad rows met so far, and how far the sources are.</summary>
    DataNews News();
}
