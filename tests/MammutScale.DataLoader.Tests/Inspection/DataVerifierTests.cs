using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using MammutScale.DataLoader.Inspection.Verifying;
using ParquetSharp;

namespace MammutScale.DataLoader.Tests.Inspection;

public sealed class DataVerifierTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mammut-verify-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EveryRowIsJudged_AndNamed()
    {
        PictureRows.Write(At("a.parquet"), PictureRows.Some(), 3);
        var told = new Last();
        var found = await DataVerifier.VerifyAsync([_folder], new VerifyOptions { Progress = told });
        (found.Files, found.RowGroups, found.Rows, found.Failed, found.Good, found.Bad).ShouldBe((1, 3L, 8L, 1L, 5L, 2L));
        found.BadRows.Select(row => (Path.GetFileName(row.File), row.Row)).ShouldBe([("a.parquet", 3L), ("a.parquet", 5L)]);
        found.BadRows[1].Reason.ShouldContain("truncated");
        found.Reasons.Values.Sum().ShouldBe(2);
        told.Value.ShouldBe(new VerifyProgress(8, 8, 2));
    }

    [Fact]
    public async Task TheDigest_IsTheSumOfTheHashesOfGoodRows()
    {
        var rows = PictureRows.Some();
        PictureRows.Write(At("a.parquet"), rows, 100);
        var sum = BigInteger.Zero;
        foreach (var row in (PictureRows.Row[])[rows[0], rows[1], rows[4], rows[6], rows[7]])
            sum += new BigInteger(SHA256.HashData([.. row.Media!, 0, .. System.Text.Encoding.UTF8.GetBytes(row.Caption ?? "")]), isUnsigned: true, isBigEndian: true);
        var expected = (sum % BigInteger.Pow(2, 256)).ToString("x64");
        (await DataVerifier.VerifyAsync([_folder], new VerifyOptions())).Digest.ShouldBe(expected[^64..]);
    }

    [Fact]
    public async Task TwoCopies_HaveOneDigest_WhateverOrderAndEncoding()
    {
        var rows = PictureRows.Some();
        Directory.CreateDirectory(At("one"));
        Directory.CreateDirectory(At("two"));
        PictureRows.Write(At("one/a.parquet"), rows, 100);
        PictureRows.Write(At("two/a.parquet"), rows[..5], 2, Compression.Zstd, reversed: true);
        PictureRows.Write(At("two/b.parquet"), rows[5..], 1, Compression.Uncompressed);
        var one = await DataVerifier.VerifyAsync([At("one")], new VerifyOptions());
        var two = await DataVerifier.VerifyAsync([At("two")], new VerifyOptions());
        two.Digest.ShouldBe(one.Digest);
        PictureRows.Write(At("two/b.parquet"), [.. rows[5..], rows[0]], 1);
        (await DataVerifier.VerifyAsync([At("two")], new VerifyOptions())).Digest.ShouldNotBe(one.Digest);
    }

    [Fact]
    public async Task TheDocument_HasTheKeysOfTheContract()
    {
        PictureRows.Write(At("a.parquet"), PictureRows.Some(), 3);
        using var document = JsonDocument.Parse((await DataVerifier.VerifyAsync([_folder], new VerifyOptions())).ToJson());
        document.RootElement.EnumerateObject().Select(property => property.Name)
            .ShouldBe(["files", "row_groups", "rows", "failed", "good", "bad", "reasons", "digest", "bad_rows"], ignoreOrder: true);
        document.RootElement.GetProperty("bad_rows")[0].EnumerateObject().Select(property => property.Name).ShouldBe(["file", "row", "reason"], ignoreOrder: true);
        document.RootElement.GetProperty("digest").GetString()!.Length.ShouldBe(64);
    }

    [Fact]
    public async Task DamagedPages_CostTheirRowGroup()
    {
        PictureRows.Write(At("a.parquet"), [.. Enumerable.Range(0, 6).Select(i => new PictureRows.Row(PictureRows.Picture(i), $"picture {i}"))], 2, Compression.Zstd);
        var bytes = File.ReadAllBytes(At("a.parquet"));
        bytes.AsSpan(20, 200).Fill(0xEE);
        File.WriteAllBytes(At("a.parquet"), bytes);
        var found = await DataVerifier.VerifyAsync([_folder], new VerifyOptions());
        (found.Good, found.Bad).ShouldBe((4L, 2L));
        found.BadRows.Select(row => row.Row).ShouldBe([0L, 1L]);
    }

    [Fact]
    public async Task FilesThatCannotBeRead_AreAnErrorThatNamesThem()
    {
        PictureRows.Write(At("a.parquet"), PictureRows.Some(), 3);
        File.WriteAllBytes(At("b.parquet"), File.ReadAllBytes(At("a.parquet"))[..^10]);
        File.WriteAllText(At("c.parquet"), "not Parquet");
        var message = (await Should.ThrowAsync<DataFormatException>(() => DataVerifier.VerifyAsync([_folder], new VerifyOptions()))).Message;
        message.ShouldContain("b.parquet");
        message.ShouldContain("c.parquet");
        message.ShouldNotContain("a.parquet:");
    }

    [Fact]
    public void TheSum_CarriesAcrossAllBits()
    {
        var (digest, other) = (new RowDigest(), new RowDigest());
        var sum = BigInteger.Zero;
        for (var i = 0; i < 300; i++)
        {
            byte[] media = [(byte)i, (byte)(i >> 8)];
            (i % 2 == 0 ? ref digest : ref other).Add(media, "x");
            sum += new BigInteger(SHA256.HashData([.. media, 0, (byte)'x']), isUnsigned: true, isBigEndian: true);
        }

        digest.Add(other);
        digest.ToString().ShouldBe((sum % BigInteger.Pow(2, 256)).ToString("x65")[^64..]);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private sealed class Last : IProgress<VerifyProgress>
    {
        private readonly Lock _gate = new();

        public VerifyProgress? Value { get; private set; }

        public void Report(VerifyProgress value)
        {
            lock (_gate)
                if (Value is null || value.Done > Value.Done)
                    Value = value;
        }
    }
}
