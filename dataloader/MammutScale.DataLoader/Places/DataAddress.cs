namespace MammutScale.DataLoader.Places;

/// <summary>Addresses as people write them.</summary>
internal static class DataAddress
{
    public static string Join(string store, string key) => $"{store.TrimEnd('/')}/{key}";
}
