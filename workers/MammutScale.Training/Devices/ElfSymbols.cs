using System.Buffers.Binary;
using System.Text;

namespace MammutScale.Training.Devices;

/// <summary>The dynamic symbols of a 64-bit ELF file.</summary>
internal static class ElfSymbols
{
    private const uint DynamicSymbols = 11;
    private const int EntrySize = 24;
    private const int WeakBinding = 2;

    /// <summary>Names that the file needs from others and cannot do without.</summary>
    public static IEnumerable<string> Wanted(string path)
    {
        var elf = File.ReadAllBytes(path);
        foreach (var (offset, size, link) in Sections(elf, DynamicSymbols))
        {
            var names = SectionOffset(elf, link);
            for (var at = offset; at < offset + size; at += EntrySize)
            {
                var binding = elf[at + 4] >> 4;
                var section = BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan((int)at + 6));
                var name = BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan((int)at));
                if (section == 0 && binding != WeakBinding && name != 0) yield return Text(elf, names + name);
            }
        }
    }

    private static IEnumerable<(long Offset, long Size, int Link)> Sections(byte[] elf, uint type)
    {
        for (var i = 0; i < BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(0x3C)); i++)
        {
            var header = Header(elf, i);
            if (BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan((int)header + 4)) != type) continue;
            yield return (Long(elf, header + 0x18), Long(elf, header + 0x20), BinaryPrimitives.ReadInt32LittleEndian(elf.AsSpan((int)header + 0x28)));
        }
    }

    private static long SectionOffset(byte[] elf, int index) => Long(elf, Header(elf, index) + 0x18);

    private static long Header(byte[] elf, int index) => Long(elf, 0x28) + (long)index * BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(0x3A));

    private static long Long(byte[] elf, long at) => BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan((int)at));

    private static string Text(byte[] elf, long at)
    {
        var rest = elf.AsSpan((int)at);
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}
