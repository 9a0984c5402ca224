using System.Globalization;
using System.Net.Sockets;
using System.Xml;
using Azure;
using Azure.Identity;

namespace MammutScale.Storage.Azure;

/// <summary>What the service's answers mean.</summary>
internal static class AzureErrors
{
    public const int NotFound = 404;
    public const int Conflict = 409;
    public const int PreconditionFailed = 412;
    public const string NoContainer = "ContainerNotFound";

    public static bool IsTransient(Exception e) => e switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or 500 or 502 or 503 or 504 } => true,
        // a success that is not the one asked for, or half a document: something between us and the service answered
        RequestFailedException { Status: >= 200 and < 300 } or XmlException => true,
        RequestFailedException => false,
        AggregateException { InnerExceptions: [var first, ..] } => IsTransient(first),
        IOException or HttpRequestException or SocketException or TimeoutException or TaskCanceledException => true,
        _ => false,
    };

    public static TimeSpan? Asked(Exception e)
        => e is RequestFailedException failed && failed.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var text) == true
           && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    public static bool IsMissing(Exception e) => e is RequestFailedException { Status: NotFound };

    public static bool IsRefused(Exception e) => e is RequestFailedException { Status: Conflict or PreconditionFailed };

    public static bool IsExpected(Exception e) => e is RequestFailedException or AggregateException or IOException or HttpRequestException or SocketException or TimeoutException or XmlException or AuthenticationFailedException;

    public static StorageException Translate(Exception e, string what, string name) => e switch
    {
        AggregateException { InnerExceptions: [var first, ..] } => Translate(first, what, name),
        RequestFailedException { ErrorCode: NoContainer } => new(StorageFault.NotFound, $"Cannot {what} {name}: there is no such container in the account.", e),
        RequestFailedException { Status: NotFound } => new(StorageFault.NotFound, $"Cannot {what} {name}: it does not exist.", e),
        RequestFailedException { Status: 401 or 403 } f => new(StorageFault.Denied, $"Cannot {what} {name}: the account refuses ({f.ErrorCode}). Check the key, the SAS token's rights and end, or the identity's role.", e),
        AuthenticationFailedException => new(StorageFault.Denied, $"Cannot {what} {name}: no credential works ({FirstLine(e)}).", e),
        RequestFailedException { Status: 400 } f => new(StorageFault.Invalid, $"Cannot {what} {name}: the account does not understand the request ({f.ErrorCode}: {FirstLine(e)}). Is the container's name 3 to 63 small letters, digits and dashes?", e),
        RequestFailedException { Status: Conflict or PreconditionFailed } f => new(StorageFault.ConditionFailed, $"Cannot {what} {name}: another version is there than was expected ({f.ErrorCode}); nothing was changed.", e),
        _ => new(StorageFault.Unavailable, $"Cannot {what} {name}: the storage account did not answer properly, after several tries ({FirstLine(e)}).", e),
    };

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();
}
