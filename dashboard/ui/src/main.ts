document.getElementById("app")!.textContent = "MammutScale";
