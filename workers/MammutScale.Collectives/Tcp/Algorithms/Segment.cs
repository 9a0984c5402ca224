namespace MammutScale.Collectives.Tcp.Algorithms;

/// <summary>A piece of memory that goes out or comes in as one step of a pass.</summary>
/// <param name="Address">Where it lies, or where the result goes.</param>
/// <param name="Own">What an incoming piece is combined with; null when it is only stored.</param>
/// <param name="Bytes">Its size.</param>
internal readonly unsafe record struct Segment(nint Address, nint Own, long Bytes)
{
    public byte* Pointer => (byte*)Address;

    public byte* OwnPointer => (byte*)Own;
}
