using System.Threading.Channels;

namespace MammutScale.Dashboard.Live;

/// <summary>One reader's bounded queue. Who does not keep up loses the oldest messages and is told so.</summary>
internal sealed class Subscription : IDisposable
{
    public const int Capacity = 256;
    private readonly Channel<LiveMessage> _messages;
    private readonly Action<Subscription> _leave;
    private int _overflowed;

    public Subscription(Action<Subscription> leave)
    {
        _leave = leave;
        _messages = Channel.CreateBounded<LiveMessage>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Exchange(ref _overflowed, 1));
    }

    public ChannelReader<LiveMessage> Messages => _messages.Reader;

    /// <summary>True once after messages were dropped.</summary>
    public bool TakeOverflow() => Interlocked.Exchange(ref _overflowed, 0) == 1;

    public void Send(LiveMessage message) => _messages.Writer.TryWrite(message);

    public void Dispose()
    {
        _leave(this);
        _messages.Writer.TryComplete();
    }
}
