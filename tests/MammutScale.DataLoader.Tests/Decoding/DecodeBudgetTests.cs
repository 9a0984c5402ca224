using MammutScale.DataLoader.Decoding;
using MammutScale.DataLoader.Decoding.Views;

namespace MammutScale.DataLoader.Tests.Decoding;

public sealed class DecodeBudgetTests
{
    [Theory]
    [InlineData("baseline.jpg")]
    [InlineData("rgba.png")]
    [InlineData("lossy.webp")]
    public void ManagedAllocationPerPictureStaysSmall_OnceWarm(string name)
    {
        byte[] encoded = Pictures.Read(name);
        var decoder = new PictureDecoder(new PictureOptions { Size = 64, View = new RandomCrop { Mirror = true } });
        float[] planes = new float[3 * 64 * 64];
        for (int i = 0; i < 50; i++) decoder.Decode(encoded, (ulong)i, planes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) decoder.Decode(encoded, (ulong)i, planes);
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 1000.0).ShouldBeLessThan(512);
    }
}
