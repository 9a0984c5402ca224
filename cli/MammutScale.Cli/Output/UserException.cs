namespace MammutScale.Cli.Output;

/// <summary>Something the user can mend; the message is shown as it is and the command ends with exit code 1.</summary>
internal sealed class UserException(string message) : Exception(message);
