using MammutScale.Contracts;
using MammutScale.Coordinator.Machine;
using MammutScale.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace MammutScale.Coordinator.Runs;

internal sealed partial class RunGrain
{
    /// <summary>Works on a copy, stores it when it fences something, and only then lets others see it.</summary>
    private async Task ApplyAsync(MachineEvent happened)
    {
        var now = time.GetUtcNow();
        var before = _state!;
        var next = machine.Apply(before, happened, now);
        if (next.Refusal is { } refusal) throw new RunRefusedException(refusal);
        if (next.Durable) await SaveAsync(next.State);
        _state = next.State;
        Telemetry.Take(next.State, next.Steps, now);
        if (next.Steps.Count > 0) instruments.Committed(RunId, next.Steps.Count);
        if (next.State.State != before.State) LogState(RunId, before.State, next.State.State, next.State.Generation, next.State.Step, next.State.Reason);
        if (!next.Changed) return;
        _sequence = Math.Max(_sequence + 1, now.ToUnixTimeMilliseconds());
        _unsaved |= !next.Durable;
        _unshown = true;
        _watchers.Notify(next.Steps);
    }

    private void StartTicking()
    {
        if (_timer is not null || _state is null || _state.IsOver) return;
        _timer = this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions { DueTime = Tick, Period = Tick, KeepAlive = true });
    }

    private async Task TickAsync(CancellationToken cancellation)
    {
        try
        {
            await ApplyAsync(new MachineEvent.Ticked());
            var now = time.GetUtcNow();
            var isOver = _state!.IsOver;
            if (!isOver && now - _savedAt < SaveEvery) return;
            _savedAt = now;
            if (_unshown) instruments.Show(Snapshot(_state));
            _unshown = false;
            var isSaved = await SaveLazilyAsync();
            if (!isOver || !isSaved) return;
            // the last one to leave still has to be told, but nothing changes any more
            _timer?.Dispose();
            _timer = null;
        }
        catch (RunRefusedException)
        {
            // not stored: already logged, and the next tick decides anew
        }
        catch (InconsistentStateException e)
        {
            LogFenced(RunId, e.Message);
            DeactivateOnIdle();
        }
    }

    private async Task SaveAsync(MachineState state)
    {
        await _saving.WaitAsync();
        try
        {
            var (machineBefore, goodputBefore) = (document.State.Machine, document.State.Goodput);
            document.State.Machine = state;
            document.State.Goodput = Telemetry.Goodput.Save();
            try
            {
                await document.WriteStateAsync();
                _unsaved = false;
            }
            catch (InconsistentStateException)
            {
                _isFenced = true;
                throw;
            }
            catch (Exception e)
            {
                (document.State.Machine, document.State.Goodput) = (machineBefore, goodputBefore);
                instruments.StoreFailed(RunId);
                LogNotSaved(RunId, store.Address, e.Message);
                throw new RunRefusedException($"Run '{RunId}' could not be stored in {store.Address}: {e.Message}");
            }
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <summary>A crash loses what is newer: workers tell their records and events again, heartbeats come anew. They keep training whatever the store does.</summary>
    private async Task<bool> SaveLazilyAsync()
    {
        try
        {
            if (Telemetry.Unwritten > 0) await Telemetry.FlushAsync(CancellationToken.None);
            if (_unsaved) await SaveAsync(_state!);
            return true;
        }
        catch (StorageException e)
        {
            instruments.StoreFailed(RunId);
            LogNotSaved(RunId, store.Address, e.Message);
            return false;
        }
        catch (RunRefusedException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "run {Run}: {Before} -> {After}, generation {Generation}, step {Step}: {Reason}")]
    private partial void LogState(string run, RunState before, RunState after, int generation, long step, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "run {Run}: picked up from the store, {State}, generation {Generation}, step {Step}")]
    private partial void LogRestored(string run, RunState state, int generation, long step);

    [LoggerMessage(Level = LogLevel.Error, Message = "run {Run}: another coordinator has taken it over: {Fault}")]
    private partial void LogFenced(string run, string fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "run {Run}: a part of its history cannot be read and is missing from the curves: {Segment}")]
    private partial void LogDamaged(string run, string segment);

    [LoggerMessage(Level = LogLevel.Warning, Message = "run {Run}: not written to {Store}: {Fault}")]
    private partial void LogNotSaved(string run, string store, string fault);
}
