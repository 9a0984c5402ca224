using System.Diagnostics;
using System.Globalization;
using ParquetSharp;

// FILE COLUMN ROUNDS: reads the byte-array column through ParquetSharp's fastest way (no copies into arrays) and prints the
// seconds of the best round.
var (path, name, rounds) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture));
var best = double.MaxValue;
for (var round = 0; round < rounds; round++)
{
    var watch = Stopwatch.StartNew();
    Read();
    best = Math.Min(best, watch.Elapsed.TotalSeconds);
}

Console.WriteLine(best.ToString("R", CultureInfo.InvariantCulture));

unsafe void Read()
{
    using var file = new ParquetFileReader(path);
    var column = Enumerable.Range(0, file.FileMetaData.NumColumns).Single(i => file.FileMetaData.Schema.Column(i).Name == name);
    var values = new ByteArray[1024];
    var levels = new short[1024];
    var seen = 0;
    for (var g = 0; g < file.FileMetaData.NumRowGroups; g++)
    {
        using var group = file.RowGroup(g);
        using var reader = (ColumnReader<ByteArray>)group.Column(column);
        while (reader.HasNext)
        {
            reader.ReadBatch(values.Length, levels, null, values, out var read);
            for (var i = 0; i < read; i++)
            {
                var bytes = (byte*)values[i].Pointer;
                if (values[i].Length > 0) seen ^= bytes[0] ^ bytes[values[i].Length - 1];
            }
        }
    }

    GC.KeepAlive(seen);
}
