namespace MammutScale.Collectives.Tcp.Joining;

/// <summary>Two processes did not come to terms.</summary>
/// <param name="message">A clause about the other side: "closed the connection".</param>
/// <param name="refusal">What it answered, if it did.</param>
internal sealed class HandshakeException(string message, Refusal refusal = Refusal.None) : Exception(message)
{
    public Refusal Refusal { get; } = refusal;
}
