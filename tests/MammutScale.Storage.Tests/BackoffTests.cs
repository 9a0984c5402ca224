using MammutScale.Storage.Retries;
using Microsoft.Extensions.Time.Testing;

namespace MammutScale.Storage.Tests;

public sealed class BackoffTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Delay_GrowsToItsCap_WithinTheJitter()
    {
        var backoff = new Backoff(_time, 10, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var full = Math.Min(20, Math.Pow(2, attempt));
            backoff.DelayAfter(attempt, null).TotalSeconds.ShouldBeInRange(full / 2, full);
        }

        backoff.DelayAfter(0, TimeSpan.FromSeconds(7)).ShouldBe(TimeSpan.FromSeconds(7));
        backoff.DelayAfter(0, TimeSpan.FromHours(7)).ShouldBe(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Call_IsRepeated_OnlyWhileItCanHelp()
    {
        var backoff = new Backoff(_time, 3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var calls = 0;
        await Should.ThrowAsync<InvalidDataException>(async () => await Run(backoff, () => { calls++; throw new InvalidDataException(); }));
        calls.ShouldBe(1);
        calls = 0;
        var pending = Run(backoff, () => ++calls < 3 ? throw new IOException() : 42).AsTask();
        while (!pending.IsCompleted) _time.Advance(TimeSpan.FromSeconds(1));
        (await pending).ShouldBe(42);
        calls = 0;
        var hopeless = Run(backoff, () => { calls++; throw new IOException(); }).AsTask();
        while (!hopeless.IsCompleted) _time.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<IOException>(() => hopeless);
        calls.ShouldBe(3);
    }

    private static ValueTask<int> Run(Backoff backoff, Func<int> call)
        => backoff.RunAsync((_, _) => ValueTask.FromResult(call()), e => e is IOException, _ => null, CancellationToken.None);
}
