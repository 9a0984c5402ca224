using System.Collections.Concurrent;
using TorchSharp;
using static TorchSharp.torch;

namespace MammutScale.Model;

/// <summary>
/// Runs backward passes whose custom functions make tensors in managed code. On the CPU they run on the calling thread, inside
/// its dispose scope. On a GPU libtorch calls them on a thread of its own where there is none: the tensors would live until the
/// garbage collector meets them, or be collected while native code still reads them. There a scope takes them until the next
/// function is called on that thread, by when libtorch has taken over what it was given, and at the latest until the pass is over.
/// </summary>
public static class BackwardPass
{
    private static readonly ConcurrentDictionary<Guest, byte> Guests = new();

    private static int _passes;

    [ThreadStatic]
    private static int _depth;

    [ThreadStatic]
    private static Guest? _guest;

    /// <summary>Goes back from the roots with these gradients.</summary>
    public static void Run(IList<Tensor> roots, IList<Tensor> gradients) => Run(() => autograd.backward(roots, gradients));

    /// <summary>Runs a backward pass from a loss.</summary>
    public static void Run(Tensor loss) => Run(() => loss.backward());

    /// <summary>Runs a backward pass; what other threads have made for it is released when it is done.</summary>
    public static void Run(Action backward)
    {
        _depth++;
        Interlocked.Increment(ref _passes);
        try
        {
            backward();
        }
        finally
        {
            _depth--;
            // with several passes under way in one process nobody knows whose a guest is
            if (Interlocked.Decrement(ref _passes) == 0) ReleaseGuests();
        }
    }

    /// <summary>The first act of a custom function's backward, for as long as it runs.</summary>
    /// <param name="gradient">What the function was called with; it was made before anything could be prepared.</param>
    public static Call Join(Tensor gradient)
    {
        // the thread that runs the pass has its own scope; without a pass nobody would end one that is opened here
        if (_depth > 0 || Volatile.Read(ref _passes) == 0) return default;
        var guest = _guest ??= new Guest();
        lock (guest)
        {
            if (guest.Scope is null)
            {
                guest.Scope = NewDisposeScope();
                Guests.TryAdd(guest, 0);
            }
            else if (guest.Calls == 0)
            {
                guest.Scope.DisposeEverythingBut(guest.Scope.Contains(gradient) ? [gradient] : []);
            }
            if (!guest.Scope.Contains(gradient)) guest.Scope.Attach(gradient);
            guest.Calls++;
        }
        return new(guest);
    }

    private static void ReleaseGuests()
    {
        foreach (var guest in Guests.Keys)
        {
            lock (guest)
            {
                Guests.TryRemove(guest, out _);
                guest.Scope?.Dispose();
                guest.Scope = null;
            }
        }
    }

    /// <summary>A call of a custom function's backward; one may run inside another, when a block is computed again.</summary>
    public readonly ref struct Call
    {
        private readonly Guest? _guest;

        internal Call(Guest guest) => _guest = guest;

        public void Dispose()
        {
            if (_guest is not null) _guest.Calls--;
        }
    }

    /// <summary>A thread of libtorch and the scope that is open on it.</summary>
    internal sealed class Guest
    {
        public DisposeScope? Scope { get; set; }

        /// <summary>Calls that are under way on the thread.</summary>
        public int Calls { get; set; }
    }
}
