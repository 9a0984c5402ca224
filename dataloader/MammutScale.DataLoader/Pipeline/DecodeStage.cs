using MammutScale.DataLoader.Columns;
using MammutScale.DataLoader.Pipeline.Rows;
using MammutScale.DataLoader.Pipeline.Stages;
using MammutScale.DataLoader.Planning;

namespace MammutScale.DataLoader.Pipeline;

/// <summary>Fills one place of a batch: the planned row, or the first good one among those that stand in for it.</summary>
internal sealed class DecodeStage(DataPlan plan, RowGroupShelf shelf, Quarantine quarantine, LoaderOptions options, StageClock clock, CancellationToken cancellation)
{
    /// <returns>True when this sample completed the batch.</returns>
    internal bool Fill(OpenBatch batch, int index, SampleMaker maker)
    {
        var planned = batch.Planned(index);
        var planes = batch.Planes(index, options.FloatsPerSample);
        var ids = batch.Ids(index, options.ContextLength);
        var id = planned.Id;
        for (int attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            var group = Wait(shelf.Get(id.Source, id.RowGroup, batch.Step));
            long began = clock.Now();
            var row = group.Columns.Read(id.Row);
            int length = 0;
            string? fault = row.State == RowState.Good
                ? maker.Make(row, group.Columns.IsVideo, Keys.OfSample(plan.Options.Seed, id, planned.Epoch), planes, ids, out length)
                : row.Reason ?? "bad";
            clock.Worked(began, fault is null ? 1 : 0);
            if (fault is null)
            {
                quarantine.CountGood();
                return batch.Finish(index, id, length, options.FramesOf(group.Columns.IsVideo));
            }
            if (row.Failed) quarantine.CountFailed();
            else quarantine.Add(id, new BadRow(group.File, group.FirstRow + id.Row, group.Number, row.Key, fault));
            id = plan.Replacement(planned, attempt)
                ?? throw new DataFormatException($"data source '{plan.Sources[planned.Id.Source].Name}' has no usable row: all {plan.Sources[planned.Id.Source].Samples} were tried, the last for '{fault}' ({group.File}, row {group.FirstRow + id.Row})");
        }
    }

    private LoadedRowGroup Wait(Task<LoadedRowGroup> load)
    {
        if (!load.IsCompleted)
        {
            long began = clock.Now();
            try
            {
                load.Wait(cancellation);
            }
            catch (AggregateException)
            {
                // thrown again below, unwrapped
            }
            clock.Waited(began);
        }
        return load.GetAwaiter().GetResult();
    }
}
