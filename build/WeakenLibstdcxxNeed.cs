using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies libLibTorchSharp.so and marks its need for GLIBCXX_3.4.32 as weak, so that it also loads where libstdc++ is
/// older (Debian 12, Ubuntu 22.04, RHEL 9). The one symbol behind that version is a link-time anchor that is never called.
/// A file without that need is copied as it is. The result keeps the time of the source, so incremental builds stay so.
/// </summary>
public sealed class WeakenLibstdcxxNeed : Task
{
    private const uint VersionNeededSection = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        var written = File.GetLastWriteTimeUtc(Source);
        if (File.Exists(Destination) && File.GetLastWriteTimeUtc(Destination) == written) return true;
        var elf = File.ReadAllBytes(Source);
        Weaken(elf);
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        // several projects build at once: each writes its own file and the rename decides
        var temporary = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, elf);
        File.SetLastWriteTimeUtc(temporary, written);
        if (File.Exists(Destination)) File.Replace(temporary, Destination, null);
        else
        {
            try { File.Move(temporary, Destination); }
            catch (IOException) when (File.Exists(Destination)) { File.Delete(temporary); }
        }
        return true;
    }

    private static void Weaken(byte[] elf)
    {
        long sections = BitConverter.ToInt64(elf, 0x28);
        int size = BitConverter.ToUInt16(elf, 0x3A), count = BitConverter.ToUInt16(elf, 0x3C);
        for (int i = 0; i < count; i++)
        {
            long header = sections + (long)i * size;
            if (BitConverter.ToUInt32(elf, (int)header + 4) != VersionNeededSection) continue;
            long need = BitConverter.ToInt64(elf, (int)header + 0x18);
            int link = BitConverter.ToInt32(elf, (int)header + 0x28);
            long strings = BitConverter.ToInt64(elf, (int)(sections + (long)link * size) + 0x18);
            for (; ; )
            {
                int entries = BitConverter.ToUInt16(elf, (int)need + 2);
                long entry = need + BitConverter.ToInt32(elf, (int)need + 8);
                for (int e = 0; e < entries; e++)
                {
                    int name = (int)strings + BitConverter.ToInt32(elf, (int)entry + 8);
                    int end = Array.IndexOf(elf, (byte)0, name);
                    if (Encoding.ASCII.GetString(elf, name, end - name) == "GLIBCXX_3.4.32")
                    {
                        ushort flags = (ushort)(BitConverter.ToUInt16(elf, (int)entry + 4) | WeakFlag);
                        elf[entry + 4] = (byte)flags;
                        elf[entry + 5] = (byte)(flags >> 8);
                    }
                    entry += BitConverter.ToInt32(elf, (int)entry + 12);
                }
                int next = BitConverter.ToInt32(elf, (int)need + 12);
                if (next == 0) break;
                need += next;
            }
        }
    }
}
