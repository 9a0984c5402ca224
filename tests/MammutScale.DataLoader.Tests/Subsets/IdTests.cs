using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MammutScale.DataLoader.Subsets;
using MammutScale.DataLoader.Subsets.Ids;

namespace MammutScale.DataLoader.Tests.Subsets;

public sealed class IdTests
{
    private const string Uid = "00112233445566778899aabbccddeeff";

    [Fact]
    public void PairsOfHalves_AreDataCompsUids()
    {
        // as numpy 1.26 writes numpy.array([(int(uid[:16], 16), int(uid[16:], 16))], 'u8,u8')
        var ids = NpyIds.Read(Npy("[('f0', '<u8'), ('f1', '<u8')]", "(1,)", Bytes(0x0011223344556677, 0x8899aabbccddeeff)), "x.npy");
        ids.ShouldBe([SampleKey.OfText(Encoding.UTF8.GetBytes(Uid))]);
        NpyIds.Read(Npy("'<u8'", "(1, 2)", Bytes(0x0011223344556677, 0x8899aabbccddeeff)), "x.npy").ShouldBe(ids);
    }

    [Fact]
    public void TextAndIntegers_MeetInOneForm()
    {
        var text = SampleKey.OfText("42"u8);
        NpyIds.Read(Npy("'<i4'", "(2,)", [42, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]), "x").ShouldBe([text, SampleKey.OfText("-1"u8)]);
        NpyIds.Read(Npy("'>i8'", "(1,)", [0, 0, 0, 0, 0, 0, 0, 42]), "x").ShouldBe([text]);
        NpyIds.Read(Npy("'<U3'", "(1,)", [.. Encoding.UTF32.GetBytes("42"), 0, 0, 0, 0]), "x").ShouldBe([text]);
        NpyIds.Read(Npy("'|S4'", "(1,)", "42\0\0"u8.ToArray()), "x").ShouldBe([text]);
        SampleKey.OfInteger(42).ShouldBe(text);
    }

    [Theory]
    [InlineData("'|O'", "(1,)", "pickling")]
    [InlineData("'<f8'", "(1,)", "expected ids")]
    [InlineData("'<u8'", "(9,)", "announces 9 ids")]
    [InlineData("'<u8'", "(1, 3)", "expected ids")]
    [InlineData("'<u8'", "()", "shape")]
    public void OtherArrays_AreRefused(string descr, string shape, string says) =>
        Should.Throw<SubsetException>(() => NpyIds.Read(Npy(descr, shape, new byte[24]), "x.npy")).Message.ShouldContain(says);

    [Fact]
    public void ALyingHeader_IsRefused()
    {
        var bytes = ((MemoryStream)Npy("'<u8'", "(1,)", new byte[8])).ToArray();
        Should.Throw<SubsetException>(() => NpyIds.Read(new MemoryStream(bytes[..40]), "x.npy")).Message.ShouldContain("ends inside");
        Should.Throw<SubsetException>(() => NpyIds.Read(new MemoryStream([1, 2, 3]), "x.npy")).Message.ShouldContain("not a .npy");
    }

    [Fact]
    public void Lines_AreIds()
    {
        var ids = TextIds.Read(new MemoryStream(Encoding.UTF8.GetBytes($"{Uid}\r\n\n  abc \n{Uid.ToUpperInvariant()}")), "x.txt");
        ids.ShouldBe([SampleKey.OfText(Encoding.UTF8.GetBytes(Uid)), SampleKey.OfText("abc"u8), SampleKey.OfText(Encoding.UTF8.GetBytes(Uid))]);
        Should.Throw<SubsetException>(() => TextIds.Read(new MemoryStream(new byte[2_000_000]), "x.bin")).Message.ShouldContain("longer than");
    }

    [Fact]
    public void ASet_HoldsWhatWasPutIn_AndNothingElse()
    {
        var ids = Enumerable.Range(0, 200_000).Select(i => SampleKey.OfInteger(i)).ToArray();
        var set = new IdSet([.. ids, .. ids[..1000]]);
        set.Count.ShouldBe(200_000);
        ids.ShouldAllBe(id => set.Contains(id));
        Enumerable.Range(200_000, 20_000).ShouldAllBe(i => !set.Contains(SampleKey.OfInteger(i)));
        new IdSet([]).Contains(ids[0]).ShouldBeFalse();
    }

    private static byte[] Bytes(params ulong[] values)
    {
        var bytes = new byte[values.Length * 8];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), values[i]);
        return bytes;
    }

    private static MemoryStream Npy(string descr, string shape, byte[] data)
    {
        var header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}").PadRight(117) + "\n";
        byte[] head = [0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length & 0xFF), (byte)(header.Length >> 8)];
        return new MemoryStream([.. head, .. Encoding.ASCII.GetBytes(header), .. data]);
    }
}
