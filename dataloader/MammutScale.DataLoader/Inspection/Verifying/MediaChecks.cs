using MammutScale.DataLoader.Columns;

namespace MammutScale.DataLoader.Inspection.Verifying;

/// <summary>The check that fits the media of a data set.</summary>
internal static class MediaChecks
{
    public static IMediaCheck For(DataRoles roles) => roles.IsVideo ? new ClipCheck() : new PictureCheck();
}
