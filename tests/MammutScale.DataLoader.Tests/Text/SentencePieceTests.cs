using System.Text;
using MammutScale.DataLoader.Text;

namespace MammutScale.DataLoader.Tests.Text;

/// <summary>Models are written here, field by field, as sentencepiece_model.proto defines them.</summary>
public sealed class SentencePieceTests : IDisposable
{
    private const int Normal = 1, Unknown = 2, Control = 3;
    private const int Unigram = 1, BytePair = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("mammut-sp-").FullName;

    [Fact]
    public void UnigramTakesTheLikeliestPieces()
    {
        var tokenizer = Open(Unigram, ("▁cat", -2), ("▁c", -3), ("at", -3), ("▁", -4), ("a", -5), ("t", -5), ("s", -4), ("▁a", -2.5f));
        // "a cats": ▁a (-2.5), ▁cat (-2), s (-4) beats ▁c + at + s
        Ids(tokenizer, "a cats").ShouldBe([11, 4, 10]);
        (tokenizer.Bos, tokenizer.Eos, tokenizer.Pad, tokenizer.VocabularySize).ShouldBe((1, 2, 3, 12));
    }

    [Fact]
    public void BytePairJoinsByRank()
    {
        var tokenizer = Open(BytePair, ("▁c", 0), ("at", -1), ("▁cat", -2), ("▁", -3), ("c", -4), ("a", -5), ("t", -6), ("s", -7));
        Ids(tokenizer, "cats").ShouldBe([6, 11]);
    }

    [Fact]
    public void DecodingGivesTheTextBack()
    {
        var tokenizer = Open(Unigram, ("▁cat", -2), ("▁a", -2.5f), ("s", -4));
        long[] ids = new long[10];
        tokenizer.Encode("a cats", ids).ShouldBe(5);
        tokenizer.Decode(ids).ShouldBe("a cats");
    }

    [Fact]
    public void DamagedModelIsNamed()
    {
        string file = Path.Combine(_folder, "x.model");
        File.WriteAllBytes(file, [0xFF, 0xFF, 0xFF, 0x01]);
        Should.Throw<DataFormatException>(() => TokenizerCatalog.Open(file)).Message.ShouldContain("x.model");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static long[] Ids(ITextTokenizer tokenizer, string text)
    {
        long[] ids = new long[40];
        int length = tokenizer.Encode(text, ids);
        return ids[1..(length - 1)];
    }

    private ITextTokenizer Open(int kind, params (string Piece, float Score)[] pieces)
    {
        using var model = new MemoryStream();
        foreach (var (piece, score, type) in new[] { ("<unk>", 0f, Unknown), ("<s>", 0f, Control), ("</s>", 0f, Control), ("<pad>", 0f, Control) }.Concat(pieces.Select(p => (p.Piece, p.Score, Normal))))
            Message(model, 1, m => { Text(m, 1, piece); Number(m, 2, score); Varint(m, 3, type); });
        Message(model, 2, m => { Varint(m, 3, kind); Varint(m, 40, 0); Varint(m, 41, 1); Varint(m, 42, 2); Varint(m, 43, 3); Text(m, 45, "<unk>"); Text(m, 46, "<s>"); Text(m, 47, "</s>"); Text(m, 48, "<pad>"); });
        Message(model, 3, m => { Text(m, 1, "identity"); Varint(m, 3, 1); Varint(m, 4, 1); Varint(m, 5, 1); });
        string file = Path.Combine(_folder, $"{Guid.NewGuid():N}.model");
        File.WriteAllBytes(file, model.ToArray());
        return TokenizerCatalog.Open(file);
    }

    private static void Message(Stream to, int field, Action<Stream> content)
    {
        using var inner = new MemoryStream();
        content(inner);
        Raw(to, (field << 3) | 2);
        Raw(to, inner.Length);
        to.Write(inner.ToArray());
    }

    private static void Text(Stream to, int field, string text) => Message(to, field, m => m.Write(Encoding.UTF8.GetBytes(text)));

    private static void Varint(Stream to, int field, long value)
    {
        Raw(to, field << 3);
        Raw(to, value);
    }

    private static void Number(Stream to, int field, float value)
    {
        Raw(to, (field << 3) | 5);
        to.Write(BitConverter.GetBytes(value));
    }

    private static void Raw(Stream to, long value)
    {
        for (; value >= 0x80; value >>= 7) to.WriteByte((byte)(value | 0x80));
        to.WriteByte((byte)value);
    }
}
