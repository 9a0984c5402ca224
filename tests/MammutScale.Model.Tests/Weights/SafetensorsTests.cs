using System.Buffers.Binary;
using System.Text;
using CsCheck;
using MammutScale.Model.Weights;
using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Weights;

[Collection("torch")]
public sealed class SafetensorsTests : IDisposable
{
    private readonly IDisposable _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("safetensors").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void EveryByteComesBack_WhateverTheDtypeAndShape()
    {
        (string, Tensor)[] tensors =
        [
            ("f32", tensor(new float[] { 1, float.NaN, float.NegativeInfinity, -0f }).view(2, 2)),
            ("bf16", tensor(new float[] { 1.5f, -3 }).to(bfloat16)),
            ("f16", tensor(new float[] { 0.1f }).to(float16)),
            ("f64", tensor(Math.PI)),
            ("i64", tensor(new long[] { long.MinValue, 7 })),
            ("i32", tensor(new[] { -5 })),
            ("u8", tensor(new byte[] { 255, 0, 3 })),
            ("bool", tensor(new[] { true, false })),
            ("empty", zeros([3, 0])),
            ("transposed é", arange(6, dtype: float32).view(2, 3).t()),
        ];
        string path = InFolder("all.safetensors");
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["note"] = "a \"b\"" });
        using SafetensorsFile file = SafetensorsFile.Open(path);
        file.Metadata["note"].ShouldBe("a \"b\"");
        file.Entries.Keys.ShouldBe(tensors.Select(t => t.Item1), ignoreOrder: true);
        foreach ((string name, Tensor value) in tensors)
        {
            Tensor read = file.Read(name);
            read.dtype.ShouldBe(value.dtype);
            read.shape.ShouldBe(value.shape);
            read.bytes.ToArray().ShouldBe(value.contiguous().bytes.ToArray());
        }
        File.Exists(path + ".partial").ShouldBeFalse();
    }

    public static TheoryData<string, string> BadHeaders => new()
    {
        { "", "does not begin with '{'" },
        { " {}", "does not begin with '{'" },
        { "{", "not valid JSON" },
        { "{} x", "not valid JSON" },
        { """{"a":1}""", "entry of 'a' is not an object" },
        { """{"a":{"dtype":"F32","shape":[2]}}""", "lacks data_offsets" },
        { """{"a":{"shape":[2],"data_offsets":[0,8]}}""", "lacks dtype" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}""", "unknown field 'x'" },
        { """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'dtype' twice" },
        { """{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", "dtype 'F31'" },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "not a whole number" },
        { """{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "not a whole number" },
        { """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", "not a whole number" },
        { """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "too large" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "needs 12 bytes" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "needs 8 bytes" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "1 numbers, expected 2" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", "names 'a' twice" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "inside 'a'" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[4],"data_offsets":[12,16]}}""", "belong to no tensor" },
        { """{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}}""", "truncated" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "16 bytes follow the header" },
        { """{"__metadata__":{"a":1}}""", "metadata 'a' is not a string" },
        { """{"__metadata__":[]}""", "'__metadata__' is not an object" },
        { """{"a":{"dtype":"F32","shape":[[[[2]]]],"data_offsets":[0,8]}}""", "" },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void SaysWhatIsWrong_WhenTheHeaderBreaksARule(string header, string expected)
    {
        string path = InFolder("bad.safetensors");
        File.WriteAllBytes(path, Bytes(header, 16));
        WeightsException fault = Should.Throw<WeightsException>(() => SafetensorsFile.Open(path));
        fault.Message.ShouldContain(expected);
        fault.Message.ShouldContain("bad.safetensors");
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(7, "7 bytes")]
    public void SaysHowLongItIs_WhenTheFileIsTooShort(int length, string expected)
    {
        string path = InFolder("short.safetensors");
        File.WriteAllBytes(path, new byte[length]);
        Should.Throw<WeightsException>(() => SafetensorsFile.Open(path)).Message.ShouldContain(expected);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001)]
    [InlineData(9)]
    public void RefusesAHeaderLengthThatCannotBe(ulong length)
    {
        string path = InFolder("long.safetensors");
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(path, bytes);
        Should.Throw<WeightsException>(() => SafetensorsFile.Open(path)).Message.ShouldContain($"should take {length} bytes");
    }

    [Fact]
    public void SaysSo_WhenThereIsNoFileOrNoTensor()
    {
        Should.Throw<WeightsException>(() => SafetensorsFile.Open(InFolder("none.safetensors"))).Message.ShouldContain("there is no such file");
        string path = InFolder("one.safetensors");
        SafetensorsWriter.Write(path, [("a", zeros([1]))]);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Should.Throw<WeightsException>(() => file.Read("b")).Message.ShouldContain("no tensor 'b'");
        Should.Throw<WeightsException>(() => SafetensorsWriter.Write(path, [("a", zeros([1])), ("a", zeros([1]))])).Message.ShouldContain("called 'a'");
        Should.Throw<WeightsException>(() => SafetensorsWriter.Write(InFolder("no/such/folder.safetensors"), [("a", zeros([1]))])).Message.ShouldContain("cannot be written");
    }

    /// <summary>A damaged file is refused or, where the damage hits values only, read with exactly those values.</summary>
    [Fact]
    public void NeverCrashesNorReadsAWrongTensor_WhenBytesAreDamaged()
    {
        string path = InFolder("fuzz.safetensors");
        SafetensorsWriter.Write(path, [("first", arange(6, dtype: float32).view(2, 3)), ("second", tensor(new long[] { 1, 2 })), ("third", ones([5], dtype: bfloat16))],
            new Dictionary<string, string> { ["format"] = "pt" });
        byte[] whole = File.ReadAllBytes(path);
        int header = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        Gen<byte[]> flipped = Gen.Select(Gen.Int[0, header - 1], Gen.Byte, Gen.Int[0, header - 1], Gen.Byte, (at, value, at2, value2) =>
        {
            byte[] copy = [.. whole];
            (copy[at], copy[at2]) = (value, value2);
            return copy;
        });
        Gen<byte[]> cut = Gen.Int[0, whole.Length - 1].Select(n => whole[..n]);
        Gen<byte[]> longer = Gen.Byte.Array[1, 40].Select(tail => (byte[])[.. whole, .. tail]);
        Gen<byte[]> digits = Gen.Select(Gen.Int[8, header - 1], Gen.Int[0, 9], (at, digit) =>
        {
            byte[] copy = [.. whole];
            if (char.IsAsciiDigit((char)copy[at]))
                copy[at] = (byte)('0' + digit);
            return copy;
        });
        int refused = 0, read = 0;
        Gen.OneOf(flipped, cut, longer, digits, Gen.Byte.Array[0, 64]).Sample(bytes =>
        {
            File.WriteAllBytes(path, bytes);
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                foreach (SafetensorsEntry entry in file.Entries.Values)
                {
                    using Tensor value = file.Read(entry.Name);
                    value.shape.ShouldBe(entry.Shape);
                    value.numel().ShouldBe((entry.End - entry.Begin) / value.ElementSize);
                }
                file.Entries.Values.Sum(e => e.End - e.Begin).ShouldBe(bytes.Length - 8 - BinaryPrimitives.ReadInt64LittleEndian(bytes));
                read++;
            }
            catch (WeightsException)
            {
                refused++;
            }
        }, iter: 1500, threads: 1, seed: "0000KOIPzRX2");
        refused.ShouldBeGreaterThan(500);
        read.ShouldBeGreaterThan(10);
    }

    private static byte[] Bytes(string header, int data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }

    private string InFolder(string name) => Path.Combine(_folder, name);
}
