using System.Reflection;
using System.Runtime.InteropServices;

namespace MammutScale.Training.Devices;

/// <summary>
/// The virtual functions of the classes of libtorch that TorchSharp's compiled code calls into, slot by slot, as the version that
/// it was compiled against has them (VirtualTables.txt: a line a table, its symbol and then the functions' symbols).
/// </summary>
internal static unsafe partial class VirtualTables
{
    /// <summary>A slot whose function has no exported name, which may be any.</summary>
    private const string Unnamed = "?";

    /// <summary>Slots before the first function: offset to top and type information.</summary>
    private const int Prologue = 2;

    /// <summary>In words, every table with a slot that holds another function than it should.</summary>
    public static List<string> Moved(IReadOnlyList<nint> libraries) => Moved(libraries, Recorded());

    internal static List<string> Moved(IReadOnlyList<nint> libraries, IEnumerable<string> recorded)
    {
        var moved = new List<string>();
        foreach (var line in recorded)
        {
            var words = line.Split(' ');
            if (Find(libraries, words[0]) is not { } table)
            {
                moved.Add($"{words[0]} is gone");
                continue;
            }

            for (var slot = 1; slot < words.Length; slot++)
            {
                var found = NameAt(table, slot - 1);
                if (words[slot] == Unnamed || found == Unnamed || found == words[slot]) continue;
                moved.Add($"{words[0]} has {found} where {words[slot]} was");
                break;
            }
        }

        return moved;
    }

    internal static IEnumerable<string> Recorded()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("MammutScale.Training.VirtualTables.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static nint? Find(IReadOnlyList<nint> libraries, string symbol)
    {
        foreach (var library in libraries)
        {
            if (NativeLibrary.TryGetExport(library, symbol, out var address)) return address;
        }

        return null;
    }

    private static string NameAt(nint table, int slot)
    {
        var function = ((nint*)table)[Prologue + slot];
        SymbolInfo info;
        // an address inside another function has no name of its own
        return function != 0 && FindSymbol(function, &info) != 0 && info.SymbolAddress == function && info.SymbolName != 0 ? Plain(Marshal.PtrToStringUTF8(info.SymbolName)!) : Unnamed;
    }

    /// <summary>The destructors of a class without virtual bases are one function with two names.</summary>
    private static string Plain(string symbol) => symbol.EndsWith("D2Ev", StringComparison.Ordinal) ? $"{symbol[..^4]}D1Ev" : symbol;

    [LibraryImport("libc", EntryPoint = "dladdr")]
    private static partial int FindSymbol(nint address, SymbolInfo* info);

    /// <summary>Dl_info.</summary>
    private struct SymbolInfo
    {
        public nint FileName;
        public nint FileBase;
        public nint SymbolName;
        public nint SymbolAddress;
    }
}
