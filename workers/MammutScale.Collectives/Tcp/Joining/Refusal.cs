namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>Why a connection is not let in; travels as one byte.</summary>
internal enum Refusal : byte
{
    None,
    StaleGeneration,
    UnknownGeneration,
    WrongSecret,
    NotExpected,
    OtherSettings,
    Garbage,
}

internal static class Refusals
{
    public static string Text(this Refusal refusal) => refusal switch
    {
        Refusal.StaleGeneration => "it comes from an older generation",
        Refusal.UnknownGeneration => "its generation has not begun here",
        Refusal.WrongSecret => "it does not know the generation's secret",
        Refusal.NotExpected => "its rank is not expected here",
        Refusal.OtherSettings => "its group has another size, SocketsPerPeer or SharedMemory",
        Refusal.Garbage => "it does not speak this protocol",
        _ => "no reason was given",
    };
}
