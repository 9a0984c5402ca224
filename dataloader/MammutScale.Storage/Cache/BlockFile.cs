using System.Buffers.Binary;
using System.IO.Hashing;

namespace MammutScale.Storage.Cache;

/// <summary>
/// A block on disk: its bytes, then their hash and length. It is written beside its place and renamed, never flushed: after a
/// power cut the hash tells what is whole.
/// </summary>
internal static class BlockFile
{
    private const int TrailerLength = sizeof(ulong) + sizeof(uint);
    private const uint Magic = 0x4B_4C_42_4D; // "MBLK"
    public const string TemporarySuffix = ".tmp";

    /// <summary>Bytes that a block takes on disk.</summary>
    public static long SizeOf(int length) => length + TrailerLength + sizeof(uint);

    /// <summary>False when there is no such block or it is damaged (then it is removed).</summary>
    public static bool TryRead(string path, Memory<byte> block)
    {
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            Span<byte> trailer = stackalloc byte[TrailerLength + sizeof(uint)];
            if (RandomAccess.GetLength(file) == SizeOf(block.Length)
                && ReadFully(file, block.Span, 0) && ReadFully(file, trailer, block.Length)
                && BinaryPrimitives.ReadUInt32LittleEndian(trailer) == Magic
                && BinaryPrimitives.ReadUInt32LittleEndian(trailer[sizeof(uint)..]) == (uint)block.Length
                && BinaryPrimitives.ReadUInt64LittleEndian(trailer[(2 * sizeof(uint))..]) == XxHash3.HashToUInt64(block.Span)) return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            // an unreadable sector is a damaged block
        }

        Remove(path);
        return false;
    }

    public static void Write(string path, ReadOnlySpan<byte> block)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():n}{TemporarySuffix}";
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, preallocationSize: SizeOf(block.Length)))
            {
                Span<byte> trailer = stackalloc byte[TrailerLength + sizeof(uint)];
                BinaryPrimitives.WriteUInt32LittleEndian(trailer, Magic);
                BinaryPrimitives.WriteUInt32LittleEndian(trailer[sizeof(uint)..], (uint)block.Length);
                BinaryPrimitives.WriteUInt64LittleEndian(trailer[(2 * sizeof(uint))..], XxHash3.HashToUInt64(block));
                RandomAccess.Write(file, block, 0);
                RandomAccess.Write(file, trailer, block.Length);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // whoever evicts next tries again
        }
    }

    private static bool ReadFully(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> into, long offset)
    {
        for (var done = 0; done < into.Length;)
        {
            var read = RandomAccess.Read(file, into[done..], offset + done);
            if (read == 0) return false;
            done += read;
        }

        return true;
    }
}
