using MammutScale.Contracts;
using Parquet;
using Parquet.Schema;

namespace MammutScale.Coordinator.Metrics;

/// <summary>Step records as one Parquet file: a row a step, a column a field, times in Unix milliseconds, phases in seconds.</summary>
internal static class HistorySegment
{
    private static readonly DataField<long> Step = new("step");
    private static readonly DataField<int> Generation = new("generation");
    private static readonly DataField<int> Attempt = new("attempt");
    private static readonly DataField<long> At = new("at_unix_ms");
    private static readonly DataField<int> Samples = new("samples");
    private static readonly DataField<bool> Skipped = new("skipped");

    private static readonly (DataField<double> Field, Func<StepRecord, double> Of)[] Figures =
    [
        (new("loss"), s => s.Loss),
        (new("contrastive"), s => s.Contrastive),
        (new("captioning"), s => s.Captioning),
        (new("learning_rate"), s => s.LearningRate),
        (new("grad_norm"), s => s.GradNorm),
        (new("logit_scale"), s => s.LogitScale),
        (new("data_wait"), s => s.Phases.DataWait),
        (new("forward"), s => s.Phases.Forward),
        (new("backward"), s => s.Phases.Backward),
        (new("communication"), s => s.Phases.ExposedCommunication),
        (new("optimizer"), s => s.Phases.Optimizer),
        (new("checkpoint"), s => s.Phases.Checkpoint),
        (new("other"), s => s.Phases.Other),
    ];

    private static readonly ParquetSchema Schema = new([Step, Generation, Attempt, At, Samples, Skipped, .. Figures.Select(f => f.Field)]);

    public static async Task<byte[]> WriteAsync(IReadOnlyList<StepRecord> steps, CancellationToken cancellation)
    {
        using var memory = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(Schema, memory, cancellationToken: cancellation))
        {
            using var group = writer.CreateRowGroup();
            await Put(Step, s => s.Step);
            await Put(Generation, s => s.Generation);
            await Put(Attempt, s => s.Attempt);
            await Put(At, s => s.At.ToUnixTimeMilliseconds());
            await Put(Samples, s => s.Samples);
            await Put(Skipped, s => s.Skipped);
            foreach (var (field, of) in Figures) await Put(field, of);
            group.CompleteValidate();

            async Task Put<T>(DataField<T> field, Func<StepRecord, T> of) where T : struct
                => await group.WriteAsync<T>(field, steps.Select(of).ToArray(), null, null, cancellation);
        }

        return memory.ToArray();
    }

    public static async Task<List<StepRecord>> ReadAsync(byte[] bytes, CancellationToken cancellation)
    {
        using var memory = new MemoryStream(bytes, writable: false);
        await using var reader = await ParquetReader.CreateAsync(memory, cancellationToken: cancellation);
        var all = new List<StepRecord>();
        for (var g = 0; g < reader.RowGroupCount; g++)
        {
            using var group = reader.OpenRowGroupReader(g);
            var rows = checked((int)group.RowCount);
            var step = await Get(Step);
            var generation = await Get(Generation);
            var attempt = await Get(Attempt);
            var at = await Get(At);
            var samples = await Get(Samples);
            var skipped = await Get(Skipped);
            var figures = new double[Figures.Length][];
            for (var f = 0; f < figures.Length; f++) figures[f] = await Get(Figures[f].Field);
            for (var r = 0; r < rows; r++) all.Add(Record(r));

            async Task<T[]> Get<T>(DataField<T> field) where T : struct
            {
                var values = new T[rows];
                await group.ReadAsync<T>(field, values.AsMemory(), null, cancellation);
                return values;
            }

            StepRecord Record(int r) => new()
            {
                Step = step[r],
                Generation = generation[r],
                Attempt = attempt[r],
                At = DateTimeOffset.FromUnixTimeMilliseconds(at[r]),
                Samples = samples[r],
                Skipped = skipped[r],
                Loss = figures[0][r],
                Contrastive = figures[1][r],
                Captioning = figures[2][r],
                LearningRate = figures[3][r],
                GradNorm = figures[4][r],
                LogitScale = figures[5][r],
                Phases = new PhaseSeconds
                {
                    DataWait = figures[6][r],
                    Forward = figures[7][r],
                    Backward = figures[8][r],
                    ExposedCommunication = figures[9][r],
                    Optimizer = figures[10][r],
                    Checkpoint = figures[11][r],
                    Other = figures[12][r],
                },
            };
        }

        return all;
    }
}
