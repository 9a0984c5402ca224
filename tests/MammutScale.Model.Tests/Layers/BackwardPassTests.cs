using static TorchSharp.torch;

namespace MammutScale.Model.Tests.Layers;

/// <summary>A thread that no dispose scope is open on stands in for the one on which libtorch goes backward on a GPU.</summary>
[Collection("torch")]
public sealed class BackwardPassTests
{
    [Fact]
    public void TensorsOfLibtorchsThreadLiveUntilTheNextCall_AndAtTheLatestUntilThePassIsOver()
    {
        Tensor? first = null, second = null, given = null;
        bool aliveAfterItsCall = false, goneAtTheNext = false, aliveAtTheEnd = false;

        BackwardPass.Run(() =>
        {
            OnAnotherThread(() =>
            {
                given = ones(2);
                using (BackwardPass.Join(given)) first = zeros(3);
                // libtorch reads what a call has returned only now
                aliveAfterItsCall = !first.IsInvalid && !given.IsInvalid;
                using (BackwardPass.Join(ones(2)))
                {
                    goneAtTheNext = first.IsInvalid && given.IsInvalid;
                    second = zeros(3);
                }
            });
            aliveAtTheEnd = !second!.IsInvalid;
        });

        (aliveAfterItsCall, goneAtTheNext, aliveAtTheEnd).ShouldBe((true, true, true));
        second!.IsInvalid.ShouldBeTrue();
    }

    [Fact]
    public void AnInnerCallLeavesTheTensorsOfTheOuterOne_WhenABlockIsComputedAgain()
    {
        bool outerLives = false;
        BackwardPass.Run(() => OnAnotherThread(() =>
        {
            using var outer = BackwardPass.Join(ones(2));
            Tensor made = zeros(3);
            using (NewDisposeScope())
            {
                for (int i = 0; i < 2; i++)
                {
                    using var inner = BackwardPass.Join(ones(2));
                    outerLives = !made.IsInvalid;
                }
            }
        }));

        outerLives.ShouldBeTrue();
    }

    [Fact]
    public void TheScopeOfTheCallerIsEnough_WhenThePassRunsOnItsThread()
    {
        using var scope = NewDisposeScope();
        Tensor made = null!;
        BackwardPass.Run(() =>
        {
            using var call = BackwardPass.Join(ones(2));
            made = zeros(3);
        });

        made.IsInvalid.ShouldBeFalse();
        scope.Contains(made).ShouldBeTrue();
    }

    [Fact]
    public void NoScopeIsOpened_WhenSomebodyGoesBackWithoutAPass()
    {
        using var scope = NewDisposeScope();
        Tensor first;
        using (BackwardPass.Join(ones(2))) first = zeros(3);
        using (BackwardPass.Join(ones(2))) first.IsInvalid.ShouldBeFalse();

        scope.Contains(first).ShouldBeTrue();
    }

    private static void OnAnotherThread(Action body)
    {
        Exception? fault = null;
        Thread thread = new(() =>
        {
            try
            {
                body();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        fault.ShouldBeNull();
    }
}
