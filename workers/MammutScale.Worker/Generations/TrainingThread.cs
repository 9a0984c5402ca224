using System.Threading.Channels;

namespace MammutScale.Worker.Generations;

/// <summary>The one thread that touches torch: its dispose scopes are per thread.</summary>
internal sealed class TrainingThread : IDisposable
{
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Thread _thread;

    public TrainingThread()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "training" };
        _thread.Start();
    }

    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Writer.TryWrite(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Takes no more work; what runs goes on, on a background thread.</summary>
    public void Dispose() => _work.Writer.TryComplete();

    private void Loop()
    {
        while (_work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_work.Reader.TryRead(out var work)) work();
        }
    }
}
