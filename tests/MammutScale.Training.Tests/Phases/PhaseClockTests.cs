using System.Text.Json;
using MammutScale.Training.Phases;
using Microsoft.Extensions.Time.Testing;

namespace MammutScale.Training.Tests.Phases;

public sealed class PhaseClockTests
{
    [Fact]
    public void PhasesAddUpToTheStep_WhenTheyAreNested()
    {
        var time = new FakeTimeProvider();
        var clock = new PhaseClock(time);
        time.Advance(TimeSpan.FromSeconds(1));
        using (clock.Enter(Phase.Backward))
        {
            time.Advance(TimeSpan.FromSeconds(2));
            using (clock.Enter(Phase.Communication)) time.Advance(TimeSpan.FromSeconds(4));
            time.Advance(TimeSpan.FromSeconds(8));
        }

        var phases = clock.EndStep();

        phases.Backward.ShouldBe(10);
        phases.Communication.ShouldBe(4);
        phases.Other.ShouldBe(1);
        phases.Total.ShouldBe(15);
        clock.EndStep().Total.ShouldBe(0);
    }

    [Fact]
    public void TheTraceIsChromeJson_WithOneProcessARank()
    {
        var trace = new ChromeTrace();
        trace.Add(1, "Forward", 10, 5, 1);
        trace.Add(0, "Forward", 11, 4, 1);
        using var stream = new MemoryStream();
        trace.Write(stream);

        using var json = JsonDocument.Parse(stream.ToArray());
        var events = json.RootElement.GetProperty("traceEvents").EnumerateArray().ToList();
        events.Count(e => e.GetProperty("ph").GetString() == "M").ShouldBe(2);
        events.Single(e => e.GetProperty("ph").GetString() == "X" && e.GetProperty("pid").GetInt32() == 1).GetProperty("ts").GetDouble().ShouldBe(10);
    }
}
