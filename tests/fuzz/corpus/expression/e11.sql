// named
var x := "int" + 1; var y := x * x; y - x