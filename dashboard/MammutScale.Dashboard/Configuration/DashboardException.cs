namespace MammutScale.Dashboard.Configuration;

/// <summary>The dashboard cannot start or go on; the message is one sentence for people.</summary>
public sealed class DashboardException(string message, Exception? inner = null) : Exception(message, inner);
