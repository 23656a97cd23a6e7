<?php
// Builds a string without end.
$body = "";
while (true) {
    $body .= str_repeat("x", 1024);
}
