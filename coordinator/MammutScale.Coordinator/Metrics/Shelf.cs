namespace MammutScale.Coordinator.Metrics;

/// <summary>A list that forgets its oldest items beyond a capacity; amortised constant time.</summary>
internal sealed class Shelf<T>(int capacity)
{
    private readonly List<T> _items = [];
    private int _start;

    public int Count => _items.Count - _start;

    /// <summary>Something has been forgotten.</summary>
    public bool HasForgotten { get; private set; }

    public T this[int index] => _items[_start + index];

    public void Add(T item)
    {
        _items.Add(item);
        if (Count <= capacity) return;
        HasForgotten = true;
        _start++;
        if (_start < capacity) return;
        _items.RemoveRange(0, _start);
        _start = 0;
    }

    public void RemoveFrom(int index) => _items.RemoveRange(_start + index, Count - index);

    public void Clear()
    {
        _items.Clear();
        _start = 0;
        HasForgotten = false;
    }

    /// <summary>First index whose item is not before <paramref name="key"/>; items are in the order of their keys.</summary>
    public int FirstAtLeast(long key, Func<T, long> keyOf)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (keyOf(this[middle]) < key) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
