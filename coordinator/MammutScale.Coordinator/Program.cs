return await MammutScale.Coordinator.Hosting.CoordinatorHost.RunAsync(args, CancellationToken.None);
